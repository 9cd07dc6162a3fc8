#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <mutex>
#include <string>
#include <vector>

struct sqlite3_vfs;

namespace quantrail::tracking {

/// SQLite's way to the disk while this object lives: everything passes, is written down, and can be made to fail. Syncs
/// are only written down, since what the disk would keep of a power failure is worked out from the record.
class RecordingVfs {
 public:
  RecordingVfs();
  ~RecordingVfs();
  RecordingVfs(const RecordingVfs&) = delete;
  RecordingVfs& operator=(const RecordingVfs&) = delete;

  /// The `number`-th change from now on (1: the next) fails with this SQLite code, and those after it until heal().
  void fail_at(int number, int code);
  void heal();
  /// Whether the failure came.
  [[nodiscard]] bool failed() const;

  /// Forgets what was written down; what is in `folder` now counts as safe.
  void begin(const std::filesystem::path& folder);
  /// Something was acknowledged.
  void mark(std::int64_t number);
  /// Moments at which the power can fail: after each entry of the record.
  [[nodiscard]] std::size_t moments() const;
  /// The largest number marked before a moment; -1: none.
  [[nodiscard]] std::int64_t marked_before(std::size_t moment) const;
  /// Writes to `folder` what a disk could have when the power fails at `moment`: what was synced, and of what was not
  /// each change, none of it, or its first sectors, by chance.
  void after_power_failure(std::size_t moment, unsigned seed, const std::filesystem::path& folder) const;

  struct Entry {
    enum class Kind { Write, Truncate, Sync, Delete, Mark };
    Kind kind = Kind::Mark;
    std::string file{};
    std::int64_t at = 0;  ///< offset, size, or the number marked
    std::vector<std::uint8_t> bytes{};
  };
  /// From the shim: the SQLite code of a change, and its place in the record where it went through.
  [[nodiscard]] int change(Entry entry);

 private:
  mutable std::mutex mutex_;
  std::filesystem::path folder_{};
  std::map<std::string, std::vector<std::uint8_t>> safe_{};  ///< by file name, when begin() was called
  std::vector<Entry> record_{};
  int left_ = 0;  ///< changes until the failure; 0: none is planned
  int code_ = 0;
  bool failing_ = false;
  bool failed_ = false;
  sqlite3_vfs* usual_ = nullptr;
};

}  // namespace quantrail::tracking
