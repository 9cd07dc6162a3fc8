#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

struct SelfRun {
  int exit_code = 0;
  std::string last_line{};  ///< of standard output and error together
};

/// Runs this very program with `arguments` and waits for it, away from the terminal.
[[nodiscard]] SelfRun run_self(const std::vector<std::string>& arguments);

}  // namespace quantrail::app
