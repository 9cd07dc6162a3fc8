#include "app/self.h"

#include <filesystem>

namespace quantrail::app {
std::string self_path() { return std::filesystem::read_symlink("/proc/self/exe").string(); }

SelfArguments::SelfArguments(const std::vector<std::string>& arguments) : texts_{self_path()} {
  texts_.insert(texts_.end(), arguments.begin(), arguments.end());
  for (auto& text : texts_) pointers_.push_back(text.data());
  pointers_.push_back(nullptr);
}

}  // namespace quantrail::app
