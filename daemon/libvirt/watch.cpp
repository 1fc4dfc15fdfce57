#include "daemon/libvirt/watch.hpp"

#include <libvirt/libvirt.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <utility>

#include "base/file.hpp"
#include "daemon/libvirt/error.hpp"
#include "daemon/libvirt/gateway.hpp"
#include "daemon/libvirt/handle.hpp"

namespace kvmtune::libvirt {

namespace {

using apply::Happening;

class Watching final : public apply::Watch {
  public:
    Watching(Connection connection, std::unique_ptr<apply::Hypervisor> hypervisor, Fd bell)
        : connection_(std::move(connection)), hypervisor_(std::move(hypervisor)), bell_(std::move(bell)) {}
    ~Watching() override;

    [[nodiscard]] Result<> begin();

    apply::Hypervisor &hypervisor() override { return *hypervisor_; }
    Result<std::vector<Happening>> turn() override;
    void wake() override {
        const std::uint64_t one = 1;
        // A full counter wakes as well.
        if (::write(bell_.get(), &one, sizeof one) < 0) return;
    }

    void note(Happening::What what, virDomainPtr domain);
    void note_loss() noexcept { lost_ = true; }

  private:
    [[nodiscard]] Result<> listen(int event, virConnectDomainEventGenericCallback callback);

    Connection connection_;
    std::unique_ptr<apply::Hypervisor> hypervisor_;
    Fd bell_;
    int bell_watch_ = -1;
    std::vector<int> domain_events_;
    int network_events_ = -1;
    std::vector<Happening> happenings_;
    bool lost_ = false;
};

Watching &of(void *opaque) {
    return *static_cast<Watching *>(opaque);
}

Happening::What what_of(int event) {
    switch (event) {
        case VIR_DOMAIN_EVENT_DEFINED:
            return Happening::What::defined;
        case VIR_DOMAIN_EVENT_UNDEFINED:
            return Happening::What::undefined;
        case VIR_DOMAIN_EVENT_STOPPED:
        case VIR_DOMAIN_EVENT_CRASHED:
            return Happening::What::stopped;
        default:
            return Happening::What::started;
    }
}

int on_lifecycle(virConnectPtr, virDomainPtr domain, int event, int, void *opaque) noexcept {
    // Pausing, and its end, change nothing that is looked at; a start is told by its own event.
    if (event != VIR_DOMAIN_EVENT_SUSPENDED && event != VIR_DOMAIN_EVENT_SHUTDOWN &&
        event != VIR_DOMAIN_EVENT_PMSUSPENDED)
        of(opaque).note(what_of(event), domain);
    return 0;
}

void on_reboot(virConnectPtr, virDomainPtr domain, void *opaque) noexcept {
    of(opaque).note(Happening::What::rebooted, domain);
}

void on_device(virConnectPtr, virDomainPtr domain, const char *, void *opaque) noexcept {
    of(opaque).note(Happening::What::devices, domain);
}

void on_tunable(virConnectPtr, virDomainPtr domain, virTypedParameterPtr, int, void *opaque) noexcept {
    of(opaque).note(Happening::What::tuned, domain);
}

/// Somebody's own section in it, or a tag: the definition changes without an event of its own.
void on_metadata(virConnectPtr, virDomainPtr domain, int, const char *, void *opaque) noexcept {
    of(opaque).note(Happening::What::defined, domain);
}

int on_network(virConnectPtr, virNetworkPtr, int, int, void *opaque) noexcept {
    of(opaque).note(Happening::What::network, nullptr);
    return 0;
}

void on_loss(virConnectPtr, int, void *opaque) noexcept {
    of(opaque).note_loss();
}

void on_bell(int, int fd, int, void *) noexcept {
    std::uint64_t rung = 0;
    // Only to make it silent again.
    if (::read(fd, &rung, sizeof rung) < 0) return;
}

Result<> with_event_loop() {
    static const int registered = virEventRegisterDefaultImpl();
    if (registered < 0) return libvirt_failure("watch libvirt");
    return {};
}

Result<> Watching::listen(int event, virConnectDomainEventGenericCallback callback) {
    const int id = virConnectDomainEventRegisterAny(connection_.get(), nullptr, event, callback, this, nullptr);
    if (id < 0) return libvirt_failure("watch the domains");
    domain_events_.push_back(id);
    return {};
}

Result<> Watching::begin() {
    bell_watch_ = virEventAddHandle(bell_.get(), VIR_EVENT_HANDLE_READABLE, on_bell, nullptr, nullptr);
    if (bell_watch_ < 0) return libvirt_failure("watch libvirt");
    // A driver inside this process (the test driver) has nothing to lose, and refuses.
    virConnectRegisterCloseCallback(connection_.get(), on_loss, this, nullptr);
    TRY(listen(VIR_DOMAIN_EVENT_ID_LIFECYCLE, VIR_DOMAIN_EVENT_CALLBACK(on_lifecycle)));
    // Drivers that have fewer events (the test driver) are watched for those they have.
    const std::array optional = {
        std::pair{VIR_DOMAIN_EVENT_ID_REBOOT, VIR_DOMAIN_EVENT_CALLBACK(on_reboot)},
        std::pair{VIR_DOMAIN_EVENT_ID_DEVICE_ADDED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
        std::pair{VIR_DOMAIN_EVENT_ID_DEVICE_REMOVED, VIR_DOMAIN_EVENT_CALLBACK(on_device)},
        std::pair{VIR_DOMAIN_EVENT_ID_TUNABLE, VIR_DOMAIN_EVENT_CALLBACK(on_tunable)},
        std::pair{VIR_DOMAIN_EVENT_ID_METADATA_CHANGE, VIR_DOMAIN_EVENT_CALLBACK(on_metadata)},
    };
    for (const auto &[event, callback] : optional)
        if (const auto listening = listen(event, callback);
            !listening && listening.error().kind != ErrorKind::unsupported)
            return listening;
    network_events_ = virConnectNetworkEventRegisterAny(connection_.get(), nullptr, VIR_NETWORK_EVENT_ID_LIFECYCLE,
                                                        VIR_NETWORK_EVENT_CALLBACK(on_network), this, nullptr);
    return {};
}

Watching::~Watching() {
    for (const int id : domain_events_) virConnectDomainEventDeregisterAny(connection_.get(), id);
    if (network_events_ >= 0) virConnectNetworkEventDeregisterAny(connection_.get(), network_events_);
    virConnectUnregisterCloseCallback(connection_.get(), on_loss);
    if (bell_watch_ >= 0) virEventRemoveHandle(bell_watch_);
}

Result<std::vector<Happening>> Watching::turn() {
    if (lost_) return failure(ErrorKind::failed, "the connection to libvirt is lost");
    if (happenings_.empty() && virEventRunDefaultImpl() < 0) return libvirt_failure("watch libvirt");
    return std::exchange(happenings_, {});
}

void Watching::note(Happening::What what, virDomainPtr domain) {
    std::array<char, VIR_UUID_STRING_BUFLEN> uuid{};
    if (domain != nullptr && virDomainGetUUIDString(domain, uuid.data()) < 0) return;
    happenings_.push_back({what, uuid.data()});
}

}  // namespace

Result<std::unique_ptr<apply::Watch>> watch(const std::string &uri) {
    TRY(with_event_loop());
    auto connection = TRY(opened(uri));
    Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell) return system_failure("eventfd", errno);
    virConnectRef(connection.get());
    auto hypervisor = TRY(connected(Connection(connection.get())));
    auto watching = std::make_unique<Watching>(std::move(connection), std::move(hypervisor), std::move(bell));
    TRY(watching->begin());
    return watching;
}

}  // namespace kvmtune::libvirt
