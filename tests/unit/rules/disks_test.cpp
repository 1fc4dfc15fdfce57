#include <doctest/doctest.h>

#include "tests/unit/rules/situations.hpp"

namespace disks_test {

using namespace kvmtune::plan;

namespace {

constexpr const char *path = "/var/lib/libvirt/images/web01.raw";

DiskFacts disk_of(const std::string &type, const std::string &format = "raw") {
    DiskFacts disk;
    disk.target = "vda";
    disk.bus = "virtio";
    disk.type = type;
    disk.device = "disk";
    disk.source = path;
    disk.format = format;
    return disk;
}

DomainSituation domain_with(const DiskFacts &disk) {
    DomainSituation domain = tuned_domain();
    domain.facts.disks = {disk};
    return domain;
}

/// "cache io" as wished for, on a host where the disk was probed with this result.
std::string wished(const DomainSituation &domain, const std::optional<DiskProbe> &probe, Proposal &proposal) {
    Situation situation = host_with({domain});
    if (probe) situation.host.disks[path] = *probe;
    proposal = rules::disks(situation);
    return value_of(proposal, TargetKind::element, "disk/vda/driver/cache") + ", " +
           value_of(proposal, TargetKind::element, "disk/vda/driver/io");
}

std::string wished(const DomainSituation &domain, const std::optional<DiskProbe> &probe = std::nullopt) {
    Proposal proposal;
    return wished(domain, probe, proposal);
}

/// Of a disk that nothing is wished for.
std::string finding_about(const DomainSituation &domain, const std::optional<DiskProbe> &probe = std::nullopt) {
    Proposal proposal;
    CHECK(wished(domain, probe, proposal) == "no wish, no wish");
    CHECK(proposal.findings.size() <= 1);
    return proposal.findings.empty() ? "none" : proposal.findings[0].what;
}

const DiskProbe dense{true, true, ""};
const DiskProbe sparse{true, false, ""};
const DiskProbe refusing{false, true, "Invalid argument"};

}  // namespace

TEST_CASE("a raw block device is used without the host's page cache, probed or not") {
    CHECK(wished(domain_with(disk_of("block"))) == "none, native");
    CHECK(wished(domain_with(disk_of("block")), dense) == "none, native");
    CHECK(wished(domain_with(disk_of("block", ""))) == "none, native");
}

TEST_CASE("a disk's attributes change at the next start, I/O after the cache") {
    Proposal proposal;
    wished(domain_with(disk_of("block")), dense, proposal);
    REQUIRE(proposal.wishes.size() == 2);
    for (const Wish &wish : proposal.wishes) CHECK(wish.disruption == Disruption::next_boot);
    CHECK(proposal.wishes[1].requires_first == std::vector<Target>{proposal.wishes[0].target});
}

TEST_CASE("a raw file needs a probe that finds no holes in it") {
    CHECK(wished(domain_with(disk_of("file")), dense) == "none, native");
    CHECK(finding_about(domain_with(disk_of("file")), sparse) ==
          "disk vda is left alone: /var/lib/libvirt/images/web01.raw has holes");
    CHECK(finding_about(domain_with(disk_of("file"))).find("could not be probed") != std::string::npos);
}

TEST_CASE("a source that refuses O_DIRECT is left alone with the reason") {
    for (const std::string type : {"file", "block"})
        CHECK(finding_about(domain_with(disk_of(type)), refusing) ==
              "disk vda is left alone: /var/lib/libvirt/images/web01.raw does not take O_DIRECT: Invalid argument");
}

TEST_CASE("an image with a format or a backing file is left alone") {
    CHECK(finding_about(domain_with(disk_of("file", "qcow2")), dense) ==
          "disk vda is left alone: its format is qcow2, not raw");
    DiskFacts disk = disk_of("file");
    disk.has_backing = true;
    CHECK(finding_about(domain_with(disk), dense) == "disk vda is left alone: it has a backing file");
    DomainSituation domain = domain_with(disk);
    domain.policy->disks = DiskPolicy::all;
    CHECK(finding_about(domain, dense) == "disk vda is left alone: it has a backing file");
}

TEST_CASE("disks = all takes holes and formats too, whose I/O stays") {
    const auto all = [](const DiskFacts &disk) {
        DomainSituation domain = domain_with(disk);
        domain.policy->disks = DiskPolicy::all;
        domain.policy->named = {"disks"};
        return domain;
    };
    CHECK(wished(all(disk_of("file")), sparse) == "none, no wish");
    CHECK(wished(all(disk_of("file", "qcow2")), dense) == "none, no wish");
    CHECK(wished(all(disk_of("file")), dense) == "none, native");
    CHECK(wished(all(disk_of("block", "qcow2"))) == "no wish, no wish");
    CHECK(finding_about(all(disk_of("file")), refusing).find("O_DIRECT") != std::string::npos);
}

TEST_CASE("the user's cache stays unless the section names disks") {
    DiskFacts disk = disk_of("block");
    disk.cache = "writeback";
    CHECK(finding_about(domain_with(disk), dense) ==
          "disk vda is left alone: the user wrote cache='writeback', and the policy section names no disks");
    DomainSituation domain = domain_with(disk);
    domain.policy->named = {"disks"};
    CHECK(wished(domain, dense) == "none, native");
}

TEST_CASE("the user's I/O stays, beside the cache that is ours") {
    DiskFacts disk = disk_of("block");
    disk.io = "threads";
    CHECK(wished(domain_with(disk), dense) == "none, no wish");
    DomainSituation domain = domain_with(disk);
    domain.policy->named = {"disks"};
    CHECK(wished(domain, dense) == "none, native");
}

TEST_CASE("native I/O joins a cache of the user's that allows it") {
    DiskFacts disk = disk_of("block");
    for (const std::string cache : {"none", "directsync"}) {
        disk.cache = cache;
        CHECK(wished(domain_with(disk), dense) == "no wish, native");
    }
    disk.io = "native";
    CHECK(finding_about(domain_with(disk), refusing) == "none");
}

TEST_CASE("libvirt's word for the default is nobody's choice") {
    DiskFacts disk = disk_of("block");
    disk.cache = "default";
    disk.io = "default";
    CHECK(wished(domain_with(disk), dense) == "none, native");
}

TEST_CASE("what is no hard disk on a path of this host is not spoken of") {
    for (const std::string device : {"cdrom", "floppy", "lun"}) {
        DiskFacts disk = disk_of("block");
        disk.device = device;
        CHECK(finding_about(domain_with(disk), dense) == "none");
    }
    for (const std::string type : {"network", "volume", "vhostuser", "nvme", "dir"})
        CHECK(finding_about(domain_with(disk_of(type)), dense) == "none");
    DiskFacts empty = disk_of("file");
    empty.source = "";
    CHECK(finding_about(domain_with(empty)) == "none");
}

TEST_CASE("disks are left to policies that say so, profile none and definitions that cannot be rewritten") {
    DomainSituation domain = domain_with(disk_of("block"));
    domain.policy->disks = DiskPolicy::off;
    CHECK(finding_about(domain, dense) == "none");
    domain.policy = DomainPolicy{};
    domain.policy->profile = Profile::none;
    CHECK(finding_about(domain, dense) == "none");
    domain.policy->named = {"disks"};
    CHECK(wished(domain, dense) == "none, native");
    domain.failed_schema = true;
    CHECK(finding_about(domain, dense) == "none");
}

}  // namespace disks_test
