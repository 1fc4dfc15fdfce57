#include "daemon/apply/network_effects.hpp"

#include "base/number.hpp"
#include "daemon/domain/network_xml.hpp"

namespace kvmtune::apply {

using plan::Observation;
using plan::Target;
using plan::Value;

namespace {

Result<std::optional<unsigned>> number_of(const Target &target, const Value &value) {
    if (!value) return std::optional<unsigned>();
    const auto number = whole_number<unsigned>(*value);
    if (!number) return failure(ErrorKind::invalid, text_of(target) + ": \"" + *value + "\" is no MTU");
    return number;
}

}  // namespace

Result<NetworkRecord> NetworkEffects::record_of(const Target &target) const {
    const std::string suffix = "/mtu";
    if (!target.name.ends_with(suffix)) return failure(ErrorKind::invalid, text_of(target) + ": no MTU of a network");
    const std::string name = target.name.substr(0, target.name.size() - suffix.size());
    for (auto &record : TRY(hypervisor_.networks()))
        if (record.name == name && record.persistent) return std::move(record);
    return failure(ErrorKind::not_found, "network " + name + ": there is no definition of it");
}

Result<Observation> NetworkEffects::look(const Target &target) {
    const auto record = TRY(record_of(target));
    const auto facts = TRY(domain::network_facts(record.definition, record.name));
    return Observation{facts.mtu ? Value(std::to_string(*facts.mtu)) : std::nullopt, record.uuid};
}

Result<> NetworkEffects::put(const Target &target, const Value &value) {
    const auto mtu = TRY(number_of(target, value));
    const auto record = TRY(record_of(target));
    const auto document = TRY(domain::network_with_mtu(record.definition, record.name, mtu));
    TRY(hypervisor_.define_network(document));
    return {};
}

}  // namespace kvmtune::apply
