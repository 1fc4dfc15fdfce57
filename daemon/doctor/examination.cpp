#include "daemon/doctor/examination.hpp"

#include <algorithm>
#include <array>
#include <cmath>

namespace kvmtune::doctor {

namespace {

/// libvirt calls the hook before it starts QEMU and once QEMU runs; a call of much before is not of this start.
constexpr double call_belongs_to_start = 30;

/// What AppArmor's profile of libvirt's daemons lets run outside of it (apparmor/usr.sbin.libvirtd.in of libvirt).
constexpr std::array allowed_folders = {"/usr/bin/",     "/usr/sbin/", "/usr/lib/", "/usr/lib64/",
                                        "/usr/libexec/", "/bin/",      "/sbin/",    "/lib/"};

Check good(std::string about, std::string found) {
    return {std::move(about), Verdict::good, std::move(found), ""};
}
Check notable(std::string about, std::string found, std::string advice) {
    return {std::move(about), Verdict::notable, std::move(found), std::move(advice)};
}
Check bad(std::string about, std::string found, std::string advice) {
    return {std::move(about), Verdict::bad, std::move(found), std::move(advice)};
}

std::string seconds(double time) {
    return std::to_string(std::llround(time)) + " s after the boot";
}

bool is_allowed(const std::string &program) {
    return std::any_of(allowed_folders.begin(), allowed_folders.end(),
                       [&](const char *folder) { return program.starts_with(folder); });
}

Check kvm(const Signs &signs) {
    if (signs.kvm) return good("kvm", "/dev/kvm is there");
    return bad("kvm", "there is no /dev/kvm: guests are emulated",
               "switch virtualization on in the firmware, or load kvm_intel or kvm_amd");
}

Check vhost(const Signs &signs) {
    if (signs.vhost_net) return good("vhost", "/dev/vhost-net is there");
    return bad("vhost", "there is no /dev/vhost-net", "`modprobe vhost_net`, or `kvmtune apply --host-only`");
}

Check policy(const Tries &tries) {
    if (tries.policy) return good("policy", "it has no mistakes");
    return bad("policy", tries.policy.error().what, "mend it: until then nothing is changed");
}

Check libvirt(const Tries &tries) {
    if (tries.libvirt) return good("libvirt", "it answers");
    return bad("libvirt", tries.libvirt.error().what, "`systemctl status libvirtd virtqemud.socket`");
}

Check unit(const Signs &signs, const std::string &name, const std::string &what) {
    if (signs.enabled.count(name) != 0) return good(name, "it starts with the boot");
    return notable(name, "it does not start with the boot", "`systemctl enable " + name + "`: " + what);
}

Check daemon(const Tries &tries) {
    if (tries.daemon) return good("kvmtuned", "it answers on the bus");
    return notable("kvmtuned", tries.daemon.error().what,
                   "`systemctl start kvmtuned`: without it nothing is put back, and kvmtune works by itself");
}

Check readiness(const Signs &signs) {
    if (signs.ready) return good("host", "its part is done since the boot");
    return notable("host", "its part was not done since the boot",
                   "`systemctl status kvmtune-host`, or `kvmtune apply --host-only`");
}

const std::string hook = "hook";

Check hook_installed(const Signs &signs) {
    const std::string file = std::string("/") + hook_file;
    if (!signs.hook_there)
        return bad(hook, "there is no " + file, "install it, and restart libvirtd: it looks for hooks when it starts");
    if (signs.hook_program.empty()) return bad(hook, file + " points to nothing", "install kvmtune again");
    if (!signs.hook_executable)
        return bad(hook, signs.hook_program + " is not executable", "`chmod 755 " + signs.hook_program + "`");
    if (signs.confined && !is_allowed(signs.hook_program))
        return bad(hook,
                   "AppArmor lets libvirt's daemon run nothing in " +
                       signs.hook_program.substr(0, signs.hook_program.rfind('/')),
                   "build with --prefix=/usr, or allow it in /etc/apparmor.d/local/usr.sbin.libvirtd");
    return good(hook, "installed, executable and allowed");
}

Check hook_called(const Signs &signs) {
    const std::string restart =
        "restart libvirtd, which looks for hooks only when it starts; then see its log, and AppArmor's: `journalctl "
        "-k`";
    if (!signs.started) {
        return signs.called ? good(hook, "last called " + seconds(*signs.called))
                            : good(hook, "no guest was started that it could have been called for");
    }
    if (!signs.called)
        return bad(hook, "it was never called, though " + std::to_string(signs.running) + " guests run", restart);
    if (*signs.called + call_belongs_to_start < *signs.started)
        return bad(hook,
                   "last called " + seconds(*signs.called) + ", and a guest was started " + seconds(*signs.started),
                   restart);
    return good(hook, "called at the last start of a guest");
}

}  // namespace

std::vector<Check> examine(const Signs &signs, const Tries &tries) {
    std::vector<Check> checks{kvm(signs),
                              vhost(signs),
                              policy(tries),
                              libvirt(tries),
                              unit(signs, "kvmtune-host.service", "the host is ready before the first guest then"),
                              unit(signs, "kvmtuned.service", "guests and host are kept as the policy says then"),
                              readiness(signs),
                              daemon(tries),
                              hook_installed(signs)};
    if (checks.back().verdict == Verdict::good) checks.push_back(hook_called(signs));
    return checks;
}

const char *word_for(Verdict verdict) {
    if (verdict == Verdict::good) return "good";
    return verdict == Verdict::notable ? "notable" : "bad";
}

}  // namespace kvmtune::doctor
