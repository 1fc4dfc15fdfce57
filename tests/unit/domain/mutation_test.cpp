// Damaged documents: none may crash us, and whatever still reads as a domain can be edited and taken back.
#include <doctest/doctest.h>

#include <random>

#include "tests/unit/domain/round_trip.hpp"
#include "tests/unit/domain/samples.hpp"

namespace mutation_test {

using namespace kvmtune::domain;

namespace {

using Random = std::mt19937;

std::size_t below(Random &random, std::size_t limit) {
    return random() % limit;
}

const std::vector<std::string> splinters = {"<",
                                            ">",
                                            "/>",
                                            "</",
                                            "<!--",
                                            "-->",
                                            "<![CDATA[",
                                            "]]>",
                                            "'",
                                            "\"",
                                            "&amp;",
                                            "&",
                                            "&#x3C;",
                                            "\n",
                                            "\r\n",
                                            " ",
                                            "\t",
                                            "=",
                                            "<a/>",
                                            "</a>",
                                            "<cputune/>",
                                            "</cputune>",
                                            "<devices>",
                                            "</devices>",
                                            "xmlns='urn:x' ",
                                            "\xC3\xA9",
                                            "\xE9",
                                            "<?a b?>",
                                            "<driver/>",
                                            "<metadata>",
                                            "</metadata>",
                                            "\xEF\xBB\xBF",
                                            "<cputune>",
                                            "<vcpupin vcpu='0' cpuset='1'/>",
                                            "<!DOCTYPE domain>",
                                            "<?xml version='1.0'?>"};

std::string damaged(Random &random, std::string bytes) {
    for (std::size_t wounds = 1 + below(random, 3); wounds > 0 && !bytes.empty(); --wounds) {
        const std::size_t at = below(random, bytes.size());
        switch (below(random, 5)) {
            case 0:
                bytes[at] = static_cast<char>(random());
                break;
            case 1:
                bytes.erase(at, 1 + below(random, 20));
                break;
            case 2:
                bytes.insert(at, splinters[below(random, splinters.size())]);
                break;
            case 3: {
                const std::string piece = bytes.substr(at, below(random, 40));
                bytes.insert(below(random, bytes.size() + 1), piece);
                break;
            }
            default: {
                const std::size_t tag = bytes.find('>', at);
                bytes.insert(tag == std::string::npos ? at : tag + 1, splinters[below(random, splinters.size())]);
            }
        }
    }
    return bytes;
}

}  // namespace

TEST_CASE("10,000 damaged documents: what still reads as a domain can be edited and taken back, byte for byte") {
    Random random(7);
    const auto samples = samples::all();
    int readable = 0;
    int failures = 0;
    for (int round = 0; round < 10000 && failures < 5; ++round) {
        const std::string bytes = damaged(random, samples[below(random, samples.size())].bytes);
        const std::string complaint = samples::round_trip(bytes);
        if (complaint == "unreadable") continue;
        ++readable;
        CAPTURE(bytes);
        CHECK(complaint == "");
        if (!complaint.empty()) ++failures;
    }
    CHECK(readable > 1000);
}

TEST_CASE("every sample makes the round trip") {
    for (const auto &sample : samples::all()) {
        CAPTURE(sample.name);
        CHECK(samples::round_trip(sample.bytes) == "");
    }
}

}  // namespace mutation_test
