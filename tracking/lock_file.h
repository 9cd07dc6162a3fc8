#pragma once

#include <filesystem>
#include <optional>
#include <utility>

#include "base/error.h"

namespace quantrail::tracking {

enum class LockState { Missing, Free, Held };

/// An exclusive lock on a file, held until destruction or the end of the process, however it ends. It belongs to the
/// open file, not to the process, so that two locks exclude each other in one process too; exec() closes it.
class LockFile {
 public:
  /// Makes the file when it is missing; nothing when somebody else holds the lock. Errors: Storage, naming the path.
  [[nodiscard]] static Result<std::optional<LockFile>> take(const std::filesystem::path& path);
  /// Looks without taking the lock, so a look never makes take() fail. A file that cannot be read counts as held.
  [[nodiscard]] static LockState probe(const std::filesystem::path& path);

  LockFile(LockFile&& other) noexcept : descriptor_(std::exchange(other.descriptor_, -1)) {}
  LockFile& operator=(LockFile&& other) noexcept;
  LockFile(const LockFile&) = delete;
  LockFile& operator=(const LockFile&) = delete;
  ~LockFile();

 private:
  explicit LockFile(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

/// The first file in `folder` on which somebody holds a lock; nothing: nobody does. Errors: Storage, naming the folder.
[[nodiscard]] Result<std::optional<std::filesystem::path>> held_lock(const std::filesystem::path& folder);

}  // namespace quantrail::tracking
