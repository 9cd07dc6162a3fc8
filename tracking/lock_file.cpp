#include "tracking/lock_file.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "base/folders.h"

namespace quantrail::tracking {
namespace {

struct flock whole_file() {
  struct flock lock {};
  lock.l_type = F_WRLCK;
  lock.l_whence = SEEK_SET;
  return lock;
}

}  // namespace

Result<std::optional<LockFile>> LockFile::take(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
  if (descriptor < 0) return fail(Cause::Storage, "{}: {}", path.string(), std::strerror(errno));
  LockFile file(descriptor);
  struct flock lock = whole_file();
  if (::fcntl(descriptor, F_OFD_SETLK, &lock) == 0) return std::optional<LockFile>(std::move(file));
  if (errno == EAGAIN || errno == EACCES) return std::optional<LockFile>();
  return fail(Cause::Storage, "{}: cannot be locked: {}", path.string(), std::strerror(errno));
}

LockState LockFile::probe(const std::filesystem::path& path) {
  const LockFile file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  if (file.descriptor_ < 0) return errno == ENOENT ? LockState::Missing : LockState::Held;
  struct flock lock = whole_file();
  if (::fcntl(file.descriptor_, F_OFD_GETLK, &lock) != 0) return LockState::Held;
  return lock.l_type == F_UNLCK ? LockState::Free : LockState::Held;
}

LockFile& LockFile::operator=(LockFile&& other) noexcept {
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

LockFile::~LockFile() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

Result<std::optional<std::filesystem::path>> held_lock(const std::filesystem::path& folder) {
  auto locks = entries(folder);
  if (!locks) return failed(locks);
  for (auto& path : *locks) {
    if (LockFile::probe(path) == LockState::Held) return std::optional(std::move(path));
  }
  return std::optional<std::filesystem::path>();
}

}  // namespace quantrail::tracking
