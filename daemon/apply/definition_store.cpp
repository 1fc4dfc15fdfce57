#include "daemon/apply/definition_store.hpp"

namespace kvmtune::apply {

namespace {
const std::string folder = "var/lib/kvmtune/domains";
const std::string edited_folder = "var/lib/kvmtune/edited";
}  // namespace

Result<std::optional<std::string>> DefinitionStore::read(const std::string &uuid, const char *file) const {
    auto text = root_.read(folder + "/" + uuid + "/" + file);
    if (!text && text.error().kind == ErrorKind::not_found) return std::optional<std::string>();
    if (!text) return tl::unexpected<Error>(std::move(text).error());
    return std::optional<std::string>(*std::move(text));
}

Result<> DefinitionStore::write(const std::string &uuid, const char *file, const std::string &xml) const {
    TRY(root_.make_directories(folder));
    TRY(root_.make_directories(folder + "/" + uuid, 0700));
    return root_.replace(folder + "/" + uuid + "/" + file, xml, 0600);
}

Result<std::optional<std::string>> DefinitionStore::before(const std::string &uuid) const {
    return read(uuid, "before.xml");
}

Result<std::optional<std::string>> DefinitionStore::after(const std::string &uuid) const {
    return read(uuid, "after.xml");
}

Result<> DefinitionStore::keep_before(const std::string &uuid, const std::string &xml) const {
    TRY(root_.remove(folder + "/" + uuid + "/after.xml"));
    return write(uuid, "before.xml", xml);
}

Result<> DefinitionStore::keep_after(const std::string &uuid, const std::string &xml) const {
    return write(uuid, "after.xml", xml);
}

Result<std::optional<std::string>> DefinitionStore::unconverted(const std::string &uuid) const {
    return read(uuid, "i440fx.xml");
}

Result<> DefinitionStore::keep_unconverted(const std::string &uuid, const std::string &xml) const {
    return write(uuid, "i440fx.xml", xml);
}

Result<std::optional<std::string>> DefinitionStore::nvram(const std::string &uuid) const {
    return read(uuid, "nvram");
}

Result<> DefinitionStore::keep_nvram(const std::string &uuid, const std::string &bytes) const {
    return write(uuid, "nvram", bytes);
}

Result<> DefinitionStore::forget_nvram(const std::string &uuid) const {
    TRY(root_.remove(folder + "/" + uuid + "/nvram"));
    TRY(root_.remove_directory(folder + "/" + uuid));
    return root_.remove_directory(folder);
}

Result<> DefinitionStore::set_aside(const std::string &name, const std::string &ending,
                                    const std::string &bytes) const {
    TRY(root_.make_directories(edited_folder, 0700));
    const auto stem = edited_folder + "/" + name + "-";
    unsigned number = 1;
    while (root_.exists(stem + std::to_string(number) + "." + ending)) ++number;
    return root_.replace(stem + std::to_string(number) + "." + ending, bytes, 0600);
}

Result<> DefinitionStore::forget_after(const std::string &uuid) const {
    return root_.remove(folder + "/" + uuid + "/after.xml");
}

Result<> DefinitionStore::forget_before(const std::string &uuid) const {
    const auto path = folder + "/" + uuid;
    TRY(forget_after(uuid));
    return root_.remove(path + "/before.xml");
}

Result<> DefinitionStore::forget(const std::string &uuid) const {
    const auto path = folder + "/" + uuid;
    TRY(forget_before(uuid));
    TRY(root_.remove(path + "/i440fx.xml"));
    TRY(root_.remove_directory(path));
    return root_.remove_directory(folder);
}

Result<std::vector<std::string>> DefinitionStore::uuids() const {
    auto names = root_.list(folder);
    if (!names && names.error().kind == ErrorKind::not_found) return std::vector<std::string>{};
    return names;
}

}  // namespace kvmtune::apply
