#include "daemon/cli/run.hpp"

int main(int argc, char **argv) {
    const std::vector<std::string> arguments(argv + (argc > 0 ? 1 : 0), argv + argc);
    return kvmtune::cli::run(arguments, kvmtune::cli::Terminal(stdout, stderr));
}
