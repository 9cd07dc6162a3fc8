#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

/// A program's end.
struct ProgramRun {
  int exit_code = 1;     ///< 127: it could not be started
  std::string output{};  ///< standard output and error, as far as 64 KiB
};

/// Runs a program, found as a shell would, without standard input, and waits for it. `environment`: NAME=VALUE, besides
/// and instead of this process's own.
[[nodiscard]] ProgramRun run_program(const std::vector<std::string>& arguments,
                                     const std::vector<std::string>& environment = {});

}  // namespace quantrail::app
