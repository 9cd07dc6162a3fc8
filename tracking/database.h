#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>

#include "base/error.h"

struct sqlite3;

namespace quantrail::tracking {

/// What is said of a store whose database is damaged, with the way out.
[[nodiscard]] Error damaged_store(const std::filesystem::path& database, std::string_view how);

/// One connection to an SQLite file. Not thread-safe: one for each thread, or a lock around it. Never carried across
/// fork() without exec. Movable; statements and transactions hold its address, so it must not move while they live.
class Database {
 public:
  enum class Access { Existing, Create };

  /// Opens the file for writing, or for reading where it may not be written. Access::Existing never makes a file.
  /// Errors: InvalidInput when it cannot be opened.
  [[nodiscard]] static Result<Database> open(const std::filesystem::path& path, Access access);

  /// Runs a script of statements without values; rows are ignored.
  [[nodiscard]] Status execute(const std::string& script);

  /// Rows that the latest INSERT, UPDATE or DELETE touched.
  [[nodiscard]] std::int64_t changes() const;
  [[nodiscard]] std::int64_t last_insert_id() const;
  [[nodiscard]] bool in_transaction() const;
  /// Whether the file was deleted, moved or replaced since it was opened: what is written now would be lost.
  [[nodiscard]] bool moved() const;
  /// Whether the file may only be read.
  [[nodiscard]] bool read_only() const;

  /// What the latest failed call says, with the file's path: Blocked for a full disk and a lock held too long; Storage
  /// for an I/O error and damage; InvalidInput for a file that is no database or may not be written.
  [[nodiscard]] Error latest_error() const;

  [[nodiscard]] const std::filesystem::path& path() const { return path_; }
  [[nodiscard]] sqlite3* handle() const { return handle_.get(); }

 private:
  struct Close {
    void operator()(sqlite3* handle) const noexcept;
  };
  Database(std::filesystem::path path, sqlite3* handle) : path_(std::move(path)), handle_(handle) {}

  std::filesystem::path path_;
  std::unique_ptr<sqlite3, Close> handle_;
};

}  // namespace quantrail::tracking
