#include "tracking/file_hashes.h"

#include <sys/stat.h>

#include <algorithm>
#include <optional>

#include "tracking/transaction.h"

namespace quantrail::tracking {
namespace {

constexpr std::size_t kSavedAtOnce = 1000;
constexpr std::int64_t kSettledNs = 2'000'000'000;

std::int64_t nanoseconds(const timespec& time) {
  return static_cast<std::int64_t>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

std::optional<FileIdentity> identity_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  return FileIdentity{.size = status.st_size,
                      .modified_ns = nanoseconds(status.st_mtim),
                      .changed_ns = nanoseconds(status.st_ctim),
                      .inode = static_cast<std::int64_t>(status.st_ino)};
}

std::string key_of(const std::filesystem::path& path) {
  std::error_code error;
  const auto whole = std::filesystem::absolute(path, error);
  return error ? path.native() : whole.lexically_normal().native();
}

}  // namespace

Result<std::unique_ptr<FileHashes>> FileHashes::open(const Store& store) {
  auto database = store.connect();
  if (!database) return failed(database);
  std::unique_ptr<FileHashes> hashes(new FileHashes(store, std::move(*database)));
  auto find =
      Statement::prepare(hashes->database_,
                         "SELECT sha256 FROM file_hashes WHERE path = ?1 AND size = ?2 AND modified_ns = ?3 AND "
                         "changed_ns = ?4 AND inode = ?5");
  if (!find) return failed(find);
  hashes->find_.emplace(std::move(*find));
  return hashes;
}

FileHashes::~FileHashes() { static_cast<void>(flush()); }

Result<std::optional<Digest>> FileHashes::known(const std::string& path, const FileIdentity& identity) {
  const auto& [size, modified_ns, changed_ns, inode] = identity;
  if (auto bound = find_->bind({std::string_view(path), size, modified_ns, changed_ns, inode}); !bound)
    return failed(bound);
  const auto found = find_->step();
  if (!found) return failed(found);
  std::optional<Digest> digest;
  if (*found) digest = find_->row().digest(0);
  find_->reset();
  return digest;
}

Result<Digest> FileHashes::digest(const std::filesystem::path& path) {
  const auto before = identity_of(path);
  if (!before) return sha256_file(path);
  const std::string key = key_of(path);
  {
    const std::lock_guard lock(mutex_);
    // A store that cannot be read costs time, not the answer.
    const auto remembered = known(key, *before);
    if (remembered && *remembered) return **remembered;
  }
  auto digest = sha256_file(path);
  const bool settled = store_.now_ms() * 1'000'000 - std::max(before->modified_ns, before->changed_ns) > kSettledNs;
  if (!digest || !settled || identity_of(path) != before) return digest;
  const std::lock_guard lock(mutex_);
  fresh_.push_back({key, *before, *digest});
  if (fresh_.size() >= kSavedAtOnce) static_cast<void>(save());
  return digest;
}

Status FileHashes::flush() {
  const std::lock_guard lock(mutex_);
  return save();
}

Status FileHashes::save() {
  if (fresh_.empty()) return {};
  const auto fresh = std::exchange(fresh_, {});
  auto transaction = Transaction::write(database_);
  if (!transaction) return failed(transaction);
  for (const auto& [path, identity, digest] : fresh) {
    auto saved = run(database_,
                     "INSERT OR REPLACE INTO file_hashes(path, size, modified_ns, changed_ns, inode, sha256) "
                     "VALUES(?1, ?2, ?3, ?4, ?5, ?6)",
                     {std::string_view(path), identity.size, identity.modified_ns, identity.changed_ns, identity.inode,
                      digest.bytes});
    if (!saved) return saved;
  }
  return transaction->commit();
}

}  // namespace quantrail::tracking
