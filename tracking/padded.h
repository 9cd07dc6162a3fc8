#pragma once

#include <filesystem>

#include "base/error.h"

namespace quantrail::tracking {

/// A damaged database to read from. SQLite opens none that is shorter than its header says: of such a file this is a
/// copy beside it, journal and all, with zeros for the end that is missing, and gone with this object; of any other it
/// is the file itself.
class Padded {
 public:
  /// Errors: Storage.
  [[nodiscard]] static Result<Padded> of(const std::filesystem::path& database);
  ~Padded();
  Padded(Padded&& other) noexcept;
  Padded& operator=(Padded&&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const { return path_; }

 private:
  Padded(std::filesystem::path path, bool temporary) : path_(std::move(path)), temporary_(temporary) {}
  std::filesystem::path path_;
  bool temporary_;
};

}  // namespace quantrail::tracking
