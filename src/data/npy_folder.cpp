#include "data/npy_folder.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

#include "base/folders.h"
#include "base/text.h"
#include "data/file_stamp.h"
#include "data/name_order.h"

namespace quantrail {
namespace {

/// The data of one file.
struct Part {
  std::filesystem::path path{};
  FileStamp stamp{};
  std::uint64_t offset = 0;
};

Result<FileStamp> current_stamp(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) == 0) return stamp_of(status);
  return fail(Cause::InvalidInput, "{}", std::strerror(errno));
}

/// The data of files one after the other, `part_bytes` of each.
class Parts final : public ByteSource {
 public:
  Parts(std::vector<Part> parts, std::size_t part_bytes) : parts_(std::move(parts)), part_bytes_(part_bytes) {}

  [[nodiscard]] std::uint64_t size() const override { return std::uint64_t{parts_.size()} * part_bytes_; }
  [[nodiscard]] Status read(std::uint64_t offset, std::span<std::byte> out) const override {
    while (!out.empty()) {
      const std::uint64_t number = offset / part_bytes_, within = offset % part_bytes_;
      if (number >= parts_.size()) return fail(Cause::InvalidInput, "the files end too early");
      const auto piece = out.first(std::min<std::uint64_t>(out.size(), part_bytes_ - within));
      if (auto read = read_part(parts_[number], within, piece); !read) return read;
      offset += piece.size();
      out = out.subspan(piece.size());
    }
    return {};
  }

 private:
  static Status read_part(const Part& part, std::uint64_t within, std::span<std::byte> out) {
    const auto bytes = open_bytes(part.path);
    if (!bytes) return fail(bytes.error().cause, "cannot be read any more");
    if (auto read = (*bytes)->read(part.offset + within, out); !read) return read;
    const auto stamp = current_stamp(part.path);
    if (stamp && *stamp == part.stamp) return {};
    return fail(Cause::InvalidInput, "the file was changed while it was in use");
  }

  std::vector<Part> parts_;
  std::size_t part_bytes_;
};

Result<std::vector<std::filesystem::path>> files_in(const std::filesystem::path& folder) {
  const auto found = listed(folder);
  if (!found) return failed(found);
  std::vector<std::filesystem::path> files;
  for (const auto& entry : *found) {
    const std::string name = entry.path().filename().string();
    if (name.ends_with(".npy") && !name.starts_with('.')) files.push_back(entry.path());
  }
  if (files.empty()) return fail(Cause::InvalidInput, "{}: there are no .npy files", printable(folder.string()));
  return files;
}

Status check_order(const std::vector<std::filesystem::path>& files) {
  for (std::size_t i = 1; i < files.size(); ++i) {
    const std::string before = files[i - 1].filename().string(), after = files[i].filename().string();
    if (!number_order(after, before)) continue;
    return fail(Cause::InvalidInput,
                "{}: comes before {} in the order of names, and after it in that of their numbers: write numbers with "
                "leading zeros, so that it is clear which label or target belongs to which sample",
                printable(files[i - 1].string()), printable(after));
  }
  return {};
}

}  // namespace

Result<NpyFolder> open_npy_folder(const std::filesystem::path& folder, bool paired) {
  auto files = files_in(folder);
  if (!files) return failed(files);
  if (const auto clear = paired ? check_order(*files) : Status{}; !clear) return failed(clear);
  NpyFolder out;
  std::vector<Part> parts;
  for (const auto& file : *files) {
    const auto stamp = current_stamp(file);
    if (!stamp) return failed(stamp, printable(file.string()));
    const auto sample = open_npy(file);
    if (!sample) return failed(sample);
    if (parts.empty()) out.array = *sample;
    const NpyArray& first = out.array;
    if (sample->type() != first.type() || sample->shape != first.shape) {
      return fail(Cause::InvalidInput, "{}: is {} [{}], {} is {} [{}]; all samples must agree", sample->name,
                  sample->type_name(), fmt::join(sample->shape, ","), first.name, first.type_name(),
                  fmt::join(first.shape, ","));
    }
    parts.push_back({file, *stamp, sample->data_offset});
    out.array.row_names.push_back(printable(file.string()));
  }
  const auto part_bytes = static_cast<std::size_t>(element_count(out.array.shape)) * out.array.item_bytes;
  out.array.shape.insert(out.array.shape.begin(), static_cast<std::int64_t>(parts.size()));
  out.array.data_offset = 0;
  out.array.bytes = std::make_shared<Parts>(std::move(parts), part_bytes);
  out.files = std::move(*files);
  return out;
}

}  // namespace quantrail
