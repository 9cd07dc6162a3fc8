#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "base/error.h"
#include "base/hash.h"
#include "tracking/statement.h"
#include "tracking/store.h"

namespace quantrail::tracking {

/// What changes when a file's content does.
struct FileIdentity {
  std::int64_t size = 0;
  std::int64_t modified_ns = 0;
  std::int64_t changed_ns = 0;  ///< also moves when the modification time was set back
  std::int64_t inode = 0;
  bool operator==(const FileIdentity&) const = default;
};

/// Hashes of data files, remembered by path and identity, so that a start does not read 50,000 images again.
/// Thread-safe: its digest() is a FileHasher (data/open.h).
class FileHashes {
 public:
  [[nodiscard]] static Result<std::unique_ptr<FileHashes>> open(const Store& store);
  FileHashes(const FileHashes&) = delete;
  FileHashes& operator=(const FileHashes&) = delete;
  /// Saves what is new; what cannot be saved is read again next time.
  ~FileHashes();

  /// SHA-256 of the file's content, from memory when the file is unchanged. A file that was modified within the last
  /// two seconds is not remembered: another change could leave the same times.
  /// Errors: InvalidInput when the file cannot be read.
  [[nodiscard]] Result<Digest> digest(const std::filesystem::path& path);
  /// Makes what is new durable.
  [[nodiscard]] Status flush();

 private:
  struct Fresh {
    std::string path{};
    FileIdentity identity{};
    Digest digest{};
  };
  FileHashes(const Store& store, Database database) : store_(store), database_(std::move(database)) {}
  [[nodiscard]] Result<std::optional<Digest>> known(const std::string& path, const FileIdentity& identity);
  [[nodiscard]] Status save();  ///< precondition: mutex_ held

  Store store_;
  std::mutex mutex_;
  Database database_;  ///< guarded by mutex_, as all below
  std::optional<Statement> find_;
  std::vector<Fresh> fresh_;
};

}  // namespace quantrail::tracking
