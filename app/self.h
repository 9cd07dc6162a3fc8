#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

/// Where this very program is.
[[nodiscard]] std::string self_path();

/// The command line that starts this very program, in the form that exec takes. Must outlive the call.
class SelfArguments {
 public:
  explicit SelfArguments(const std::vector<std::string>& arguments);
  [[nodiscard]] const char* program() const { return texts_.front().c_str(); }
  [[nodiscard]] char* const* pointers() const { return pointers_.data(); }

 private:
  std::vector<std::string> texts_;
  std::vector<char*> pointers_{};  ///< into texts_, null at the end
};

struct SelfRun {
  int exit_code = 0;
  std::string last_line{};  ///< of standard output and error together
};

/// Runs this very program with `arguments` and waits for it, away from the terminal.
[[nodiscard]] SelfRun run_self(std::vector<std::string> arguments);

}  // namespace quantrail::app
