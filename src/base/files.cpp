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

Status write_file(const std::filesystem::path& path, std::string_view content) {
  std::error_code ignored;
  const auto there = std::filesystem::status(path, ignored).type();
  if (there != std::filesystem::file_type::regular && there != std::filesystem::file_type::not_found) {
    return fail(Cause::InvalidInput, "{}: is not a file; name a file to write", path.string());
  }
  std::string pattern = (path.parent_path() / ("." + path.filename().string() + ".XXXXXX")).string();
  Descriptor file(::mkostemp(pattern.data(), O_CLOEXEC));
  if (file.get() < 0) return fail(Cause::Storage, "{}: {}", path.string(), std::strerror(errno));
  const bool written = write_all(file.get(), content) && ::fchmod(file.get(), 0666 & ~permission_mask()) == 0 &&
                       ::fsync(file.get()) == 0;
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
