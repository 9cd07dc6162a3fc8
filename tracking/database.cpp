#include "tracking/database.h"

#include <sqlite3.h>
#include <sys/resource.h>

#include <cerrno>
#include <cstring>
#include <utility>

namespace quantrail::tracking {
namespace {

/// SQLite does not always know what the system said.
std::string reason(int system_errno) {
  rlimit limit{};
  const bool limited = ::getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY;
  if (limited && (system_errno == 0 || system_errno == EFBIG))
    return fmt::format("files may have {} KiB at most here: see ulimit -f", limit.rlim_cur / 1024);
  return system_errno != 0 ? std::strerror(system_errno) : "no reason given";
}

Error described(const std::filesystem::path& path, int code, int system_errno, const char* text) {
  const auto storage = [&](std::string_view what) {
    return Error{Cause::Storage, fmt::format("{}: {}", path.string(), what)};
  };
  const auto blocked = [&](std::string_view what) {
    return Error{Cause::Blocked, fmt::format("{}: {}", path.string(), what)};
  };
  const auto input = [&](std::string_view what) {
    return Error{Cause::InvalidInput, fmt::format("{}: {}", path.string(), what)};
  };
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED: return blocked("another program kept the experiment store locked for too long");
    case SQLITE_FULL: return blocked("no space left for the experiment store");
    case SQLITE_IOERR:
      if (system_errno == ENOSPC || system_errno == EDQUOT) return blocked("no space left for the experiment store");
      return storage(fmt::format("{} ({})", text, reason(system_errno)));
    case SQLITE_CORRUPT: return damaged_store(path, "SQLite says: database disk image is malformed");
    case SQLITE_NOTADB: return input("is not an experiment store (not an SQLite file)");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: return input("no permission to write to the experiment store");
    case SQLITE_CANTOPEN:
      return input(fmt::format("cannot be opened ({})", system_errno != 0 ? std::strerror(system_errno) : text));
    default: return storage(text);
  }
}

}  // namespace

Error damaged_store(const std::filesystem::path& database, std::string_view how) {
  return {Cause::Storage, fmt::format("{}: the experiment store is damaged: {}; `quantrail recover` saves what can be "
                                      "read of it",
                                      database.string(), how)};
}

void Database::Close::operator()(sqlite3* handle) const noexcept { sqlite3_close_v2(handle); }

Result<Database> Database::open(const std::filesystem::path& path, Access access) {
  sqlite3* handle = nullptr;
  const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE |
                    (access == Access::Create ? SQLITE_OPEN_CREATE : 0);
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, nullptr);
  Database database(path, handle);
  if (code != SQLITE_OK) {
    return tl::unexpected(
        described(path, code, handle != nullptr ? sqlite3_system_errno(handle) : 0, sqlite3_errstr(code)));
  }
  return database;
}

Status Database::execute(const std::string& script) {
  if (sqlite3_exec(handle_.get(), script.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    return tl::unexpected(latest_error());
  return {};
}

std::int64_t Database::changes() const { return sqlite3_changes64(handle_.get()); }

std::int64_t Database::last_insert_id() const { return sqlite3_last_insert_rowid(handle_.get()); }

bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_.get()) == 0; }

bool Database::moved() const {
  int moved = 0;
  return sqlite3_file_control(handle_.get(), "main", SQLITE_FCNTL_HAS_MOVED, &moved) == SQLITE_OK && moved != 0;
}

bool Database::read_only() const { return sqlite3_db_readonly(handle_.get(), "main") == 1; }

Error Database::latest_error() const {
  return described(path_, sqlite3_extended_errcode(handle_.get()), sqlite3_system_errno(handle_.get()),
                   sqlite3_errmsg(handle_.get()));
}

}  // namespace quantrail::tracking
