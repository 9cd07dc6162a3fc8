#include "tracking/durable_copy.h"

#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

namespace quantrail::tracking {
namespace {

class OpenFile {
 public:
  OpenFile(const std::filesystem::path& path, int flags) : descriptor_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~OpenFile() {
    if (descriptor_ >= 0) ::close(descriptor_);
  }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;
  [[nodiscard]] int get() const { return descriptor_; }

 private:
  int descriptor_;
};

bool copy_content(int from, int to) {
  if (::ioctl(to, FICLONE, from) == 0) return true;
  constexpr std::size_t kChunk = 1U << 24U;
  for (;;) {
    const ssize_t copied = ::sendfile(to, from, nullptr, kChunk);
    if (copied == 0) return true;
    if (copied < 0 && errno != EINTR) return false;
  }
}

}  // namespace

Status copy_durably(const std::filesystem::path& from, const std::filesystem::path& to) {
  const OpenFile source(from, O_RDONLY);
  if (source.get() < 0) return fail(Cause::InvalidInput, "{}: {}", from.string(), std::strerror(errno));
  const OpenFile target(to, O_WRONLY | O_CREAT | O_EXCL);
  if (target.get() < 0 || !copy_content(source.get(), target.get()) || ::fsync(target.get()) != 0) {
    return fail(Cause::Storage, "{}: {}", to.string(), std::strerror(errno));
  }
  return {};
}

Status sync_file(const std::filesystem::path& file) {
  const OpenFile opened(file, O_RDWR);
  if (opened.get() < 0 || ::fsync(opened.get()) != 0)
    return fail(Cause::Storage, "{}: {}", file.string(), std::strerror(errno));
  return {};
}

void sync_folder(const std::filesystem::path& folder) {
  const OpenFile opened(folder, O_RDONLY | O_DIRECTORY);
  if (opened.get() >= 0) ::fsync(opened.get());
}

}  // namespace quantrail::tracking
