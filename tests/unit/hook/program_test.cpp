// The built program, called as libvirt calls it.
#include <doctest/doctest.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/lock.hpp"
#include "daemon/hook/wire.hpp"
#include "tests/unit/hook/daemon_end.hpp"

namespace hook_program_test {

using namespace kvmtune;
using namespace kvmtune::fakes;

namespace {

const std::string document = "<domain type='kvm'><name>web01</name></domain>";

struct Said {
    int status = -1;
    std::string output;
    std::string errors;

    bool operator==(const Said &) const = default;
};

/// The hook below a tree, with links to the program as installed.
class Hooks {
  public:
    Hooks() {
        for (const char *folder : {"etc/libvirt/hooks/qemu.d", "etc/libvirt/hooks/network.d"}) {
            tree.add_folder(folder);
            std::filesystem::create_symlink(KVMTUNE_HOOK_PROGRAM, tree.root().full(folder) + "/kvmtune");
        }
        tree.add("input", document);
    }

    [[nodiscard]] Said call(const std::string &driver, const std::string &operation) const {
        const pid_t pid = fork();
        if (pid == 0) become(driver, operation);
        int status = 0;
        REQUIRE(::waitpid(pid, &status, 0) == pid);
        return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, tree.text("output"), tree.text("errors")};
    }

    TemporaryTree tree;

  private:
    [[noreturn]] void become(const std::string &driver, const std::string &operation) const {
        const auto redirect = [&](int to, const char *file, int flags) {
            ::dup2(::open(tree.root().full(file).c_str(), flags, 0600), to);
        };
        redirect(STDIN_FILENO, "input", O_RDONLY);
        redirect(STDOUT_FILENO, "output", O_WRONLY | O_CREAT | O_TRUNC);
        redirect(STDERR_FILENO, "errors", O_WRONLY | O_CREAT | O_TRUNC);
        const std::string program = tree.root().full("etc/libvirt/hooks/" + driver + ".d/kvmtune");
        ::execl(program.c_str(), program.c_str(), "--root", tree.root().path().c_str(), "web01", operation.c_str(),
                "begin", "-", nullptr);
        ::_exit(127);
    }
};

}  // namespace

TEST_CASE("the program says nothing and ends well where there is no daemon") {
    const Hooks hooks;
    for (const char *operation : {"prepare", "start", "started", "stopped", "release", "reconnect", "migrate", "new"})
        CHECK(hooks.call("qemu", operation) == Said{0, "", ""});
    CHECK(hooks.call("network", "start") == Said{0, "", ""});
}

TEST_CASE("without a daemon the stand-in does its part") {
    const Hooks hooks;
    const std::string uuid = "00000000-0000-4000-8000-000000000001";
    hooks.tree.add("input", "<domain><name>web01</name><uuid>" + uuid +
                                "</uuid><metadata><k:tuned xmlns:k='urn:kvmtune:domain:1' version='1'>"
                                "<k:vhost mac='52:54:00:00:00:01' queue='0' cpus='0'/></k:tuned></metadata></domain>");
    const auto lock = take_lock(hooks.tree.root(), "run/kvmtune/lock", std::chrono::milliseconds(0));
    REQUIRE(lock.has_value());
    CHECK(hooks.call("qemu", "stopped") == Said{0, "", ""});
    CHECK(!hooks.tree.root().exists("run/kvmtune/notes"));
    CHECK(hooks.call("qemu", "started") == Said{0, "", ""});
    CHECK(hooks.tree.root().exists("run/kvmtune/notes/" + uuid));
    hooks.tree.add("input", "<domain xmlns:k='urn:kvmtune:domain:1'>");
    const auto broken = hooks.call("qemu", "started");
    CHECK(broken.status == 0);
    CHECK(broken.errors.starts_with("kvmtune: not tuned now: web01:1:"));
}

TEST_CASE("the daemon hears who calls, and what for") {
    const Hooks hooks;
    Result<hook::Call> heard = failure(ErrorKind::failed, "nothing");
    const auto listen = [&](const Fd &fd) {
        heard = hook::hear(fd, in(at_last));
        (void)hook::send(fd, text_of(hook::Answer{}), in(at_last));
    };
    {
        const Daemon daemon(hooks.tree, listen);
        CHECK(hooks.call("network", "port-created") == Said{0, "", ""});
    }
    CHECK(heard == hook::Call{"network", "web01", "port-created", "begin", "-", document});
}

TEST_CASE("a refusal ends with its reason before a start, and well in a reconnect") {
    const std::string refusal = "{\"verdict\":\"refuse\",\"why\":\"no huge pages\"}\n";
    const Hooks first;
    const Daemon daemon(first.tree, answers(refusal));
    CHECK(first.call("qemu", "prepare") == Said{1, "", "kvmtune: no huge pages\n"});
    const Hooks second;
    const Daemon another(second.tree, answers(refusal));
    CHECK(second.call("qemu", "reconnect").status == 0);
}

TEST_CASE("a filter prints the daemon's document") {
    const Hooks hooks;
    const Daemon daemon(hooks.tree, answers("{\"verdict\":\"go\",\"document\":\"<domain/>\"}\n"));
    CHECK(hooks.call("qemu", "restore") == Said{0, "<domain/>", ""});
}

TEST_CASE("a daemon that hangs costs the deadline and no more") {
    const Hooks hooks;
    const Daemon daemon(hooks.tree, stay);
    const auto start = std::chrono::steady_clock::now();
    CHECK(hooks.call("qemu", "prepare") == Said{0, "", "kvmtune: not tuned now: nothing came in time\n"});
    CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds(1500));
}

}  // namespace hook_program_test
