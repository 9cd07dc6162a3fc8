#include "base/files.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include "base/fail_point.h"

namespace quantrail {
namespace {

/// umask() tells the mask only by setting it, which other threads would notice.
mode_t permission_mask() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("Umask:")) return static_cast<mode_t>(std::strtoul(line.c_str() + 6, nullptr, 8));
  }
  const mode_t mask = ::umask(0);
  ::umask(mask);
  return mask;
}

/// An open file descriptor, closed when it goes out of scope.
class Descriptor {
 public:
  explicit Descriptor(int value) : value_(value) {}
  ~Descriptor() { close(); }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;
  [[nodiscard]] int get() const { return value_; }
  bool close() {
    const int value = std::exchange(value_, -1);
    return value < 0 || ::close(value) == 0;
  }

 private:
  int value_;
};

bool write_all(int descriptor, std::string_view content) {
  while (!content.empty()) {
    const ssize_t written = ::write(descriptor, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written <= 0) return false;
    content.remove_prefix(static_cast<std::size_t>(written));
  }
  return true;
}

void sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() >= 0) ::fsync(opened.get());
}

/// Where links lead to, whether there is something yet or not.
std::filesystem::path target_of(std::filesystem::path path) {
  constexpr int kMostLinks = 40;
  std::error_code error;
  for (int links = 0; links < kMostLinks && std::filesystem::is_symlink(path, error); ++links) {
    const auto to = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / to;
  }
  return path;
}

}  // namespace

Result<std::string> read_file(const std::filesystem::path& path, std::uint64_t largest) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return fail(Cause::InvalidInput, "{}: is a folder, a file is needed", path.string());
  }
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) return fail(Cause::InvalidInput, "{}: {}", path.string(), std::strerror(errno != 0 ? errno : ENOENT));
  std::string content;
  const auto size = std::filesystem::file_size(path, ignored);
  if (!ignored) content.reserve(std::min<std::uint64_t>(size, largest));
  std::vector<char> block(1U << 18U);
  while (file.read(block.data(), static_cast<std::streamsize>(block.size())) || file.gcount() > 0) {
    content.append(block.data(), static_cast<std::size_t>(file.gcount()));
    if (content.size() > largest) return fail(Cause::InvalidInput, "{}: larger than {} bytes", path.string(), largest);
  }
  if (file.bad()) return fail(Cause::InvalidInput, "{}: cannot be read", path.string());
  return content;
}

Status write_file(const std::filesystem::path& named, std::string_view content) {
  struct stat there {};
  const bool replaces = ::stat(named.c_str(), &there) == 0;
  if (replaces ? !S_ISREG(there.st_mode) : errno == ELOOP) {
    return fail(Cause::InvalidInput, "{}: is not a file; name a file to write", named.string());
  }
  const auto path = target_of(named);
  const mode_t mode = replaces ? there.st_mode & 0777U : 0666 & ~permission_mask();
  // Not made from the file's name, which may be as long as names can be.
  std::string pattern = (path.parent_path() / ".new-XXXXXX").string();
  Descriptor file(::mkostemp(pattern.data(), O_CLOEXEC));
  if (file.get() < 0) return fail(Cause::Storage, "{}: {}", path.string(), std::strerror(errno));
  const bool written = write_all(file.get(), content) && ::fchmod(file.get(), mode) == 0 && ::fsync(file.get()) == 0;
  const bool closed = file.close();
  fail_point("file_written");
  if (!written || !closed || ::rename(pattern.c_str(), path.c_str()) != 0) {
    const int reason = errno;
    ::unlink(pattern.c_str());
    return fail(Cause::Storage, "{}: {}", path.string(), std::strerror(reason));
  }
  fail_point("file_renamed");
  sync_folder(path.parent_path());
  return {};
}

}  // namespace quantrail
