#include "daemon/service/mailbox.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

namespace kvmtune::service {

Result<std::unique_ptr<Mailbox>> Mailbox::on(Loop &loop) {
    Fd bell(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!bell) return system_failure("eventfd", errno);
    std::unique_ptr<Mailbox> mailbox(new Mailbox(std::move(bell)));
    mailbox->source_ = TRY(loop.on_readable(mailbox->bell_.get(), [box = mailbox.get()] { box->open_letters(); }));
    return mailbox;
}

void Mailbox::post(std::function<void()> letter) {
    {
        const std::lock_guard lock(mutex_);
        letters_.push_back(std::move(letter));
    }
    const std::uint64_t one = 1;
    // A full counter rings as well.
    if (::write(bell_.get(), &one, sizeof one) < 0) return;
}

void Mailbox::open_letters() {
    std::uint64_t rung = 0;
    if (::read(bell_.get(), &rung, sizeof rung) < 0) return;
    std::vector<std::function<void()>> letters;
    {
        const std::lock_guard lock(mutex_);
        letters = std::exchange(letters_, {});
    }
    for (const auto &letter : letters) letter();
}

}  // namespace kvmtune::service
