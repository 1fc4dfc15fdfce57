#include "daemon/cli/outline.hpp"

#include <doctest/doctest.h>

namespace outline_test {

using namespace kvmtune;
using cli::outline_of;

namespace {

Json json(const char *text) {
    return *parse_json(text);
}

}  // namespace

TEST_CASE("plain members are a line each, plain lists one line") {
    CHECK(outline_of(json(R"({"name": "web01", "running": true, "vcpus": 4, "none": null, "tags": ["a", "b"]})")) ==
          "name: web01\nrunning: yes\nvcpus: 4\nnone: -\ntags: a, b\n");
}

TEST_CASE("members of members are indented, items begin with a dash") {
    CHECK(outline_of(json(R"({"host": {"kernel": "6.1", "links": [{"name": "a", "mtu": 1500}, {"name": "b"}]}})")) ==
          "host:\n  kernel: 6.1\n  links:\n    - name a, mtu 1500\n    - name b\n");
    CHECK(outline_of(json(R"({"domains": [{"name": "x", "nics": [{"mac": "m"}]}]})")) ==
          "domains:\n  - name: x\n    nics:\n      - mac m\n");
}

}  // namespace outline_test
