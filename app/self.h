#pragma once

#include <string>
#include <vector>

namespace quantrail::app {

/// Where this very program is. Once its file was replaced, as by an upgrade while screens are open: the new one in its
/// place; when there is none, the program as it still runs.
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

}  // namespace quantrail::app
