#pragma once

#include <sys/stat.h>

#include <cstdint>

namespace quantrail {

/// What a write to a file changes, and nothing else does: a link made or rights set in the middle of a run do no harm.
/// (What a hash is remembered by is stricter: FileIdentity in tracking/file_hashes.h.)
struct FileStamp {
  std::int64_t size = 0;
  std::int64_t seconds = 0;  ///< of its last modification
  std::int64_t nanoseconds = 0;
  bool operator==(const FileStamp&) const = default;
};

[[nodiscard]] inline FileStamp stamp_of(const struct stat& status) {
  return {status.st_size, status.st_mtim.tv_sec, status.st_mtim.tv_nsec};
}

}  // namespace quantrail
