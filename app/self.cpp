#include "app/self.h"

#include <filesystem>

#include "app/program.h"

namespace quantrail::app {
namespace {

std::string last_line_of(const std::string& text) {
  const auto end = text.find_last_not_of(" \r\n");
  if (end == std::string::npos) return {};
  const auto start = text.find_last_of('\n', end);
  return text.substr(start == std::string::npos ? 0 : start + 1,
                     end - (start == std::string::npos ? 0 : start + 1) + 1);
}

}  // namespace

std::string self_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

SelfArguments::SelfArguments(const std::vector<std::string>& arguments) : texts_{self_path()} {
  texts_.insert(texts_.end(), arguments.begin(), arguments.end());
  for (auto& text : texts_) pointers_.push_back(text.data());
  pointers_.push_back(nullptr);
}

SelfRun run_self(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), self_path());
  const ProgramRun run = run_program(arguments);
  return {run.exit_code, last_line_of(run.output)};
}

}  // namespace quantrail::app
