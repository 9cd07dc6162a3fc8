#pragma once

#include <cstdlib>
#include <filesystem>
#include <string>

namespace quantrail::testing {

/// A folder of its own, gone with the object.
class Scratch {
 public:
  Scratch() {
    std::string name = (std::filesystem::temp_directory_path() / "quantrail-peer-XXXXXX").string();
    path_ = mkdtemp(name.data()) != nullptr ? std::filesystem::path(name) : std::filesystem::path();
  }
  ~Scratch() {
    std::error_code ignored;
    if (!path_.empty()) std::filesystem::remove_all(path_, ignored);
  }
  Scratch(const Scratch&) = delete;
  Scratch& operator=(const Scratch&) = delete;
  [[nodiscard]] std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
  [[nodiscard]] std::string text() const { return path_.string(); }

 private:
  std::filesystem::path path_{};
};

}  // namespace quantrail::testing
