#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>
#include <new>
#include <system_error>
#include <variant>

#include "app/commands.h"
#include "app/exit_code.h"
#include "app/options.h"

namespace {

/// What could not be written is no success: a table on a full disk would be cut short without a word.
int with_output_written(int code, int reason = 0) {
  errno = reason;
  const bool flushed = std::fflush(stdout) == 0;
  if ((flushed && std::ferror(stdout) == 0) || errno == EPIPE) return code;
  std::fprintf(stderr, "quantrail: standard output: %s\n", errno != 0 ? std::strerror(errno) : "could not be written");
  return code == quantrail::app::kDone ? quantrail::app::kFailed : code;
}

}  // namespace

int main(int argc, char** argv) {
  using namespace quantrail::app;
  // A reader that goes away (`quantrail list | head`) is an error of write(), not the end of a run.
  std::signal(SIGPIPE, SIG_IGN);
  // Neither is a file that must not grow (ulimit -f): write() says so.
  std::signal(SIGXFSZ, SIG_IGN);
  try {
    const Parsed parsed = parsed_options(argc, argv);
    if (!parsed.options) return parsed.exit_code;
    return with_output_written(
        std::visit([&](const auto& command) { return run(*parsed.options, command); }, parsed.options->command));
  } catch (const std::bad_alloc&) {
    std::fputs("quantrail: not enough memory\n", stderr);
    return kFailed;
  } catch (const std::system_error& error) {
    if (error.code() == std::errc::resource_unavailable_try_again || error.code() == std::errc::not_enough_memory) {
      std::fputs("quantrail: not enough memory: a thread cannot be started\n", stderr);
      return kFailed;
    }
    // Whoever was reading has gone: `quantrail list | head`.
    if (error.code() == std::errc::broken_pipe) return kDone;
    if (std::ferror(stdout) != 0) return with_output_written(kDone, error.code().value());
    std::fprintf(stderr, "quantrail: internal error: %s\n", error.what());
    return kFailed;
  } catch (const std::exception& error) {
    std::fprintf(stderr, "quantrail: internal error: %s\n", error.what());
    return kFailed;
  }
}
