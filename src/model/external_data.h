#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "base/error.h"

namespace quantrail {

/// Where a tensor's bytes lie outside the model file, as the file says; not trusted.
struct ExternalLocation {
  std::string file{};    ///< relative to the model's folder
  std::string offset{};  ///< decimal; empty: 0
  std::string length{};  ///< decimal; empty: up to the file's end
};

/// Reads tensors from the external data files of one model and remembers which files were used.
class ExternalData {
 public:
  /// `folder`: where the model file lies; empty when the model did not come from a file, so that nothing can be read.
  explicit ExternalData(std::filesystem::path folder) : folder_(std::move(folder)) {}

  /// Exactly `bytes` bytes from `where`. Errors: InvalidInput when the path leaves the folder (by "..", an absolute
  /// path or a link), is no regular file, or does not hold the range.
  [[nodiscard]] Result<std::vector<std::byte>> read(const ExternalLocation& where, std::uint64_t bytes);

  /// The files read so far, by their location in the model.
  [[nodiscard]] const std::map<std::string, std::filesystem::path>& files() const { return files_; }

 private:
  [[nodiscard]] Result<std::filesystem::path> resolved(const std::string& location);

  std::filesystem::path folder_;
  std::map<std::string, std::filesystem::path> files_{};
};

}  // namespace quantrail
