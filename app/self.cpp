#include "app/self.h"

#include <fmt/format.h>
#include <unistd.h>

#include <filesystem>
#include <string_view>

namespace quantrail::app {
namespace {

bool can_be_started(const std::string& path) {
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) && ::access(path.c_str(), X_OK) == 0;
}

}  // namespace

std::string self_path() {
  constexpr std::string_view kGone = " (deleted)";  // as the kernel says it
  std::string path = std::filesystem::read_symlink("/proc/self/exe").string();
  if (can_be_started(path)) return path;
  if (path.ends_with(kGone)) path.resize(path.size() - kGone.size());
  if (can_be_started(path)) return path;
  // Not "self", which would be another program's where that starts it.
  return fmt::format("/proc/{}/exe", ::getpid());
}

SelfArguments::SelfArguments(const std::vector<std::string>& arguments) : texts_{self_path()} {
  texts_.insert(texts_.end(), arguments.begin(), arguments.end());
  for (auto& text : texts_) pointers_.push_back(text.data());
  pointers_.push_back(nullptr);
}

}  // namespace quantrail::app
