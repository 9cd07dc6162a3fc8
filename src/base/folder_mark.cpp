#include "base/folder_mark.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include <ctime>
#include <string>

namespace quantrail {
namespace {

namespace fs = std::filesystem;

constexpr const char* kMark = ".quantrail-in-use";
constexpr std::time_t kOldSeconds = 24 * 60 * 60;

bool is_abandoned(const fs::path& folder) {
  struct stat found {};
  if (::lstat(folder.c_str(), &found) != 0 || !S_ISDIR(found.st_mode) || found.st_uid != ::geteuid()) return false;
  const int mark = ::open((folder / kMark).c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW);
  if (mark < 0) return false;
  const bool old = ::fstat(mark, &found) == 0 && std::time(nullptr) - found.st_mtime > kOldSeconds;
  const bool abandoned = old && ::flock(mark, LOCK_EX | LOCK_NB) == 0;
  ::close(mark);
  return abandoned;
}

}  // namespace

FolderMark::FolderMark(fs::path folder)
    : folder_(std::move(folder)),
      descriptor_(::open((folder_ / kMark).c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {
  if (descriptor_ >= 0 && ::flock(descriptor_, LOCK_EX | LOCK_NB) == 0) return;
  std::error_code ignored;
  if (descriptor_ >= 0) fs::remove(folder_ / kMark, ignored);
}

FolderMark& FolderMark::operator=(FolderMark&& other) noexcept {
  std::swap(folder_, other.folder_);
  std::swap(descriptor_, other.descriptor_);
  return *this;
}

FolderMark::~FolderMark() {
  if (descriptor_ < 0) return;
  ::unlink((folder_ / kMark).c_str());
  ::close(descriptor_);
}

void remove_abandoned(const fs::path& place, std::string_view beginning) {
  std::error_code error;
  for (fs::directory_iterator at(place, error); !error && at != fs::directory_iterator(); at.increment(error)) {
    std::error_code ignored;
    if (at->path().filename().string().starts_with(beginning) && is_abandoned(at->path()))
      fs::remove_all(at->path(), ignored);
  }
}

}  // namespace quantrail
