#include "guest-agent/session.hpp"

#include "guest-agent/protocol/codec.hpp"

namespace kvmtune::agent {

namespace {

using protocol::Answer;
using protocol::Reply;

/// The reply, or in its place an error that surely fits into a frame.
std::optional<std::string> bytes_of(const Reply &reply) {
    auto frame = protocol::frame_of(reply);
    if (!frame) frame = protocol::frame_of(Reply{reply.id, Answer(frame.error())});
    if (!frame) return std::nullopt;
    return std::move(*frame);
}

}  // namespace

std::string Session::greeting() const {
    return "\n" + bytes_of(Reply{std::nullopt, hello()}).value_or("");
}

std::optional<std::string> Session::answer(std::string_view frame) {
    const auto incoming = protocol::incoming_from(frame);
    if (!incoming) {
        ++garbled_;
        return std::nullopt;
    }
    if (!incoming->request) return bytes_of(Reply{incoming->id, Answer(incoming->request.error())});
    return bytes_of(Reply{incoming->id, reply_to(*incoming->request)});
}

protocol::Hello Session::hello() const {
    return {protocol::version, KVMTUNE_VERSION, boot_id_, Knobs::kinds()};
}

Answer Session::view() const {
    auto view = knobs_.view();
    if (!view) return view.error();
    view->held = tuner_.originals();
    return std::move(*view);
}

Answer Session::reply_to(const protocol::Request &request) {
    if (std::holds_alternative<protocol::AskHello>(request)) return hello();
    if (std::holds_alternative<protocol::Observe>(request)) return view();
    if (const auto *revert = std::get_if<protocol::Revert>(&request)) return tuner_.revert(revert->knobs);
    if (const auto *put = std::get_if<protocol::Put>(&request)) {
        ++puts_;
        return tuner_.put(put->knobs);
    }
    return protocol::Pong{};
}

}  // namespace kvmtune::agent
