#pragma once

#include <chrono>
#include <functional>
#include <string>

namespace quantrail::conformance {

/// How a piece of work ended in a process of its own.
struct Ending {
  enum class Kind { Answered, Crashed, TookTooLong } kind = Kind::Crashed;
  std::string answer{};  ///< what the work returned
};

/// Runs `work` in a child process, so that a crash or an endless loop is seen, named and survived.
/// Precondition: this process has one thread.
[[nodiscard]] Ending isolated(const std::function<std::string()>& work, std::chrono::seconds limit);

}  // namespace quantrail::conformance
