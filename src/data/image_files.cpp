#include "data/image_files.h"

#include <sys/stat.h>

#include <cassert>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/files.h"
#include "base/text.h"
#include "data/decode.h"
#include "data/digests.h"
#include "data/file_stamp.h"

namespace quantrail {
namespace {

std::string shown(const ImageFile& file) {
  const std::string path = printable(file.path.string());
  return file.origin.empty() ? path : fmt::format("{}: {}", file.origin, path);
}

Result<FileStamp> checked_file(const ImageFile& file) {
  struct stat status {};
  if (::stat(file.path.c_str(), &status) != 0) {
    return fail(Cause::InvalidInput, "{}: {}{}", shown(file), std::strerror(errno), file.where);
  }
  if (!S_ISREG(status.st_mode)) return fail(Cause::InvalidInput, "{}: is not a file", shown(file));
  if (status.st_size == 0) return fail(Cause::InvalidInput, "{}: the file is empty", shown(file));
  return stamp_of(status);
}

class ImageFiles final : public ImageSource {
 public:
  ImageFiles(std::vector<ImageFile> files, std::vector<FileStamp> stamps, std::vector<std::string> notes)
      : files_(std::move(files)), stamps_(std::move(stamps)), notes_(std::move(notes)) {}

  [[nodiscard]] std::size_t size() const override { return files_.size(); }
  [[nodiscard]] std::optional<std::int64_t> label(std::size_t index) const override { return files_[index].label; }
  [[nodiscard]] std::string describe(std::size_t index) const override { return shown(files_[index]); }
  [[nodiscard]] std::vector<std::string> notes() const override { return notes_; }

  [[nodiscard]] Result<Image> image(std::size_t index) const override {
    const auto content = read_file(files_[index].path);
    if (!content) return fail(content.error().cause, "cannot be read any more");
    struct stat status {};
    if (::stat(files_[index].path.c_str(), &status) != 0 || stamp_of(status) != stamps_[index])
      return fail(Cause::InvalidInput, "the file was changed while it was in use");
    return decode_image(std::as_bytes(std::span(*content)));
  }

  [[nodiscard]] Status add_to(Hasher& hasher, std::size_t count, const OpenOptions& options) const override {
    std::vector<std::filesystem::path> paths;
    for (std::size_t i = 0; i < count; ++i) paths.push_back(files_[i].path);
    const auto digests = file_digests(paths, options);
    if (!digests) return failed(digests);
    for (std::size_t i = 0; i < count; ++i) hasher.add((*digests)[i]).add(files_[i].label.value_or(-1));
    return {};
  }

 private:
  std::vector<ImageFile> files_;
  std::vector<FileStamp> stamps_;
  std::vector<std::string> notes_;
};

}  // namespace

Result<ImageSourcePtr> make_image_files(std::vector<ImageFile> files, std::vector<std::string> notes) {
  assert(!files.empty());
  std::vector<FileStamp> stamps;
  for (const auto& file : files) {
    const auto checked = checked_file(file);
    if (!checked) return failed(checked);
    stamps.push_back(*checked);
  }
  return std::make_unique<ImageFiles>(std::move(files), std::move(stamps), std::move(notes));
}

}  // namespace quantrail
