#pragma once

#include <filesystem>
#include <string_view>

#include "base/error.h"
#include "tracking/connection.h"
#include "tracking/database.h"
#include "tracking/host.h"

namespace quantrail::tracking {

struct StoreOptions {
  ConnectionOptions connection{};
  Host host = this_host();
};

/// Where the experiment store is when nobody says otherwise: `option` (--store), else $QUANTRAIL_STORE, else
/// $XDG_DATA_HOME/quantrail, else ~/.local/share/quantrail. Absolute. Errors: InvalidInput without a home folder.
[[nodiscard]] Result<std::filesystem::path> store_folder(std::string_view option);

/// A folder of experiments: experiments.db, logs/, models/, locks/. A plain value that holds no connection, so that it
/// may be copied to threads and survives fork(); everything that reads or writes has a connection of its own.
class Store {
 public:
  enum class Mode {
    Read,    ///< must exist; a folder without write permission will do
    Write,   ///< must exist
    Create,  ///< made when missing
  };

  /// Checks that the store is ours, whole enough to be opened and of a version that we know; brings an older one up to
  /// date, after a backup beside it.
  /// Errors: InvalidInput for a missing, empty, foreign or newer store, and when there is no write permission;
  /// Storage when it is damaged, or a worker still uses the older version; Blocked when it is locked for too long.
  [[nodiscard]] static Result<Store> open(const std::filesystem::path& folder, Mode mode, StoreOptions options = {});
  /// Whether the folder has a store, of whatever kind.
  [[nodiscard]] static bool exists(const std::filesystem::path& folder);

  /// A connection of one's own, checked as in open().
  [[nodiscard]] Result<Database> connect() const;

  [[nodiscard]] const std::filesystem::path& folder() const { return folder_; }
  [[nodiscard]] std::filesystem::path database_path() const;
  [[nodiscard]] std::filesystem::path models() const { return folder_ / "models"; }
  /// Held by the worker of the run `uid` for as long as it lives.
  [[nodiscard]] std::filesystem::path lock_path(std::string_view uid) const;
  /// Where a detached worker of the run `uid` writes.
  [[nodiscard]] std::filesystem::path log_path(std::string_view uid) const;
  [[nodiscard]] const Host& host() const { return options_.host; }
  [[nodiscard]] std::int64_t now_ms() const { return options_.host.now_ms(); }

 private:
  Store(std::filesystem::path folder, StoreOptions options)
      : folder_(std::move(folder)), options_(std::move(options)) {}
  std::filesystem::path folder_;
  StoreOptions options_;
};

}  // namespace quantrail::tracking
