#include "daemon/answers/facts_json.hpp"
#include "daemon/answers/json.hpp"
#include "daemon/answers/parts.hpp"
#include "daemon/plan/occupancy.hpp"

namespace kvmtune::answers {

namespace {

Json drawn(const plan::Use &use) {
    Json json;
    json.add("domain", use.domain);
    json.add("role", text_of(use.role));
    json.add("number", use.number);
    json.add("ours", use.ours);
    return json;
}

Json drawn(const plan::Withheld &withheld) {
    Json json;
    json.add("owner", withheld.owner);
    json.add("cpus", withheld.cpus.text());
    return json;
}

Json drawn(const plan::Cpu &cpu, const plan::Occupancy &occupancy) {
    Json json = cpu_json(cpu);
    json.add("housekeeping", occupancy.housekeeping.contains(cpu.index));
    Json uses{Json::Array{}};
    if (const auto at = occupancy.uses.find(cpu.index); at != occupancy.uses.end())
        for (const plan::Use &use : at->second) uses.push(drawn(use));
    json.add("uses", std::move(uses));
    return json;
}

}  // namespace

Json json_of(const plan::Topology &topology, const plan::Occupancy &occupancy) {
    Json nodes{Json::Array{}};
    for (const plan::Node &node : topology.nodes) nodes.push(node_json(node));
    Json cpus{Json::Array{}};
    for (const plan::Cpu &cpu : topology.cpus) cpus.push(drawn(cpu, occupancy));
    Json floating{Json::Array{}};
    for (const std::string &name : occupancy.floating) floating.push(name);
    Json withheld{Json::Array{}};
    for (const plan::Withheld &one : occupancy.withheld) withheld.push(drawn(one));
    Json json;
    json.add("nodes", std::move(nodes));
    json.add("cpus", std::move(cpus));
    json.add("floating", std::move(floating));
    json.add("withheld", std::move(withheld));
    if (!occupancy.offline.empty()) json.add("offline", occupancy.offline.text());
    return json;
}

Result<Json> seats(const Desk &desk) {
    const auto picture = TRY(pipeline::gather(desk.place, desk.scope));
    const auto when = desk.request.planned ? plan::When::planned : plan::When::now;
    const auto occupancy = occupancy_of(picture.situation, when);
    auto json = json_of(picture.situation.host.topology, occupancy);
    json.add("planned", desk.request.planned);
    json.add("findings", json_of(occupancy.findings, pipeline::names_in(picture)));
    return json;
}

}  // namespace kvmtune::answers
