#pragma once

#include <sys/types.h>

#include <span>
#include <string>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// A program to start.
struct ChildProgram {
  std::vector<std::string> arguments{};    ///< the program first, found as a shell would
  std::vector<std::string> environment{};  ///< NAME=VALUE: this process's variables, changed by these
  int input = -1;                          ///< descriptor of its standard input; -1: this process's
  int output = -1;                         ///< likewise of its standard output
  int errors = -1;                         ///< likewise of its standard error; -1: as its output
  bool own_group = false;                  ///< so that what it starts can be ended with it
};

/// This process's variables as NAME=VALUE, with `changes` in the place of those of the same names.
[[nodiscard]] std::vector<std::string> environment_with(std::span<const std::string> changes);

/// Starts a program, for which signals that this process ignores mean what they mean by default.
/// Errors: Backend, with the system's reason.
[[nodiscard]] Result<pid_t> started(const ChildProgram& program);

/// Waits for the end of a child: its exit code, or 128 and the signal that killed it.
[[nodiscard]] int awaited(pid_t child);

/// Leaves the terminal to a program until it ends: Ctrl-C and Ctrl-\ are its own. Its exit code, as awaited() has it.
[[nodiscard]] Result<int> run_in_foreground(const ChildProgram& program);

}  // namespace quantrail
