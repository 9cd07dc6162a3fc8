#include "data/byte_source.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "data/file_stamp.h"

namespace quantrail {
namespace {

class FileBytes final : public ByteSource {
 public:
  FileBytes(int descriptor, const struct stat& status)
      : descriptor_(descriptor), size_(static_cast<std::uint64_t>(status.st_size)), stamp_(stamp_of(status)) {}
  ~FileBytes() override { ::close(descriptor_); }
  FileBytes(const FileBytes&) = delete;
  FileBytes& operator=(const FileBytes&) = delete;

  [[nodiscard]] std::uint64_t size() const override { return size_; }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    while (!out.empty()) {
      const ssize_t count = ::pread(descriptor_, out.data(), out.size(), static_cast<off_t>(offset));
      if (count < 0 && errno == EINTR) continue;
      if (count < 0) return fail(Cause::InvalidInput, "{}", std::strerror(errno));
      if (count == 0) return fail(Cause::InvalidInput, "the file ends too early");
      offset += static_cast<std::uint64_t>(count);
      out = out.subspan(static_cast<std::size_t>(count));
    }
    struct stat status {};
    const bool same = ::fstat(descriptor_, &status) == 0 && stamp_of(status) == stamp_;
    return same ? Status() : fail(Cause::InvalidInput, "the file was changed while it was in use");
  }

 private:
  int descriptor_;
  std::uint64_t size_;
  FileStamp stamp_;
};

class MemoryBytes final : public ByteSource {
 public:
  explicit MemoryBytes(std::vector<std::byte> bytes) : bytes_(std::move(bytes)) {}
  [[nodiscard]] std::uint64_t size() const override { return bytes_.size(); }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    if (offset > bytes_.size() || bytes_.size() - offset < out.size()) {
      return fail(Cause::InvalidInput, "the array ends too early");
    }
    std::copy_n(bytes_.begin() + static_cast<std::ptrdiff_t>(offset), out.size(), out.begin());
    return {};
  }

 private:
  std::vector<std::byte> bytes_;
};

}  // namespace

Result<std::shared_ptr<const ByteSource>> open_bytes(const std::filesystem::path& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return fail(Cause::InvalidInput, "{}: {}", path.string(), std::strerror(errno));
  struct stat status {};
  const bool known = ::fstat(descriptor, &status) == 0;
  auto source = std::make_shared<FileBytes>(descriptor, status);
  if (!known || !S_ISREG(status.st_mode)) return fail(Cause::InvalidInput, "{}: is not a file", path.string());
  return source;
}

std::shared_ptr<const ByteSource> bytes_in_memory(std::vector<std::byte> bytes) {
  return std::make_shared<MemoryBytes>(std::move(bytes));
}

}  // namespace quantrail
