#include <csignal>
#include <cstdio>
#include <exception>
#include <system_error>
#include <variant>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"

int main(int argc, char** argv) {
  using namespace quantrail::app;
  // A reader that goes away (`quantrail list | head`) is an error of write(), not the end of a run.
  std::signal(SIGPIPE, SIG_IGN);
  // Neither is a file that must not grow (ulimit -f): write() says so.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const Parsed parsed = parsed_options(argc, argv);
    if (!parsed.options) return parsed.exit_code;
    return std::visit([&](const auto& command) { return run(*parsed.options, command); }, parsed.options->command);
  } catch (const std::system_error& error) {
    // Whoever was reading has gone: `quantrail list | head`.
    if (error.code() == std::errc::broken_pipe) return kDone;
    std::fprintf(stderr, "quantrail: internal error: %s\n", error.what());
    return kFailed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quantrail: internal error: %s\n", error.what());
    return kFailed;
  }
}
