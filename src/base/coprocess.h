#pragma once

#include <sys/types.h>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

#include "base/error.h"

namespace quantrail {

/// A shell command that answers each line that it reads with a line. It ends when this does. Not thread-safe.
class Coprocess {
 public:
  /// `folder`: where it runs. Errors: Backend, with the system's reason.
  [[nodiscard]] static Result<std::unique_ptr<Coprocess>> start(std::string command,
                                                                const std::filesystem::path& folder);
  ~Coprocess();
  Coprocess(const Coprocess&) = delete;
  Coprocess& operator=(const Coprocess&) = delete;

  /// The answer to `line`, without its end. Errors: Backend where the command ended, closed a stream, took longer than
  /// `patience` or has written more lines than it read, naming it; it is of no further use then.
  [[nodiscard]] Result<std::string> asked(const std::string& line, std::chrono::milliseconds patience);

 private:
  Coprocess(std::string command, pid_t child, int to, int from)
      : command_(std::move(command)), child_(child), to_(to), from_(from) {}
  /// Whether something is there to read that nobody asked for.
  [[nodiscard]] bool spoke_unasked() const;
  /// Why it does not answer, once it is known to have ended.
  [[nodiscard]] Error ended();

  std::string command_;
  pid_t child_;
  int to_;
  int from_;
  std::string read_{};  ///< behind the last answer
};

}  // namespace quantrail
