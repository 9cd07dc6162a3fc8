#include "data/npz.h"

#include <zip.h>

#include <memory>
#include <utility>
#include <vector>

#include "base/text.h"
#include "data/gzip.h"

namespace quantrail {
namespace {

struct CloseArchive {
  void operator()(zip_t* archive) const noexcept { zip_discard(archive); }
};
struct CloseEntry {
  void operator()(zip_file_t* entry) const noexcept { zip_fclose(entry); }
};
using Archive = std::unique_ptr<zip_t, CloseArchive>;
using Entry = std::unique_ptr<zip_file_t, CloseEntry>;

Result<Archive> open_archive(const std::filesystem::path& path) {
  int code = 0;
  Archive archive(zip_open(path.c_str(), ZIP_RDONLY | ZIP_CHECKCONS, &code));
  if (archive) return archive;
  zip_error_t error;
  zip_error_init_with_code(&error, code);
  const std::string reason = zip_error_strerror(&error);
  zip_error_fini(&error);
  return fail(Cause::InvalidInput, "not a readable .npz archive: {}", reason);
}

Result<std::vector<std::byte>> entry_bytes(zip_t* archive, std::uint64_t index, const zip_stat_t& status) {
  constexpr zip_uint64_t kNeeded = ZIP_STAT_SIZE | ZIP_STAT_COMP_SIZE;
  const bool sane = (status.valid & kNeeded) == kNeeded && status.size / kMostDeflatedGrowth <= status.comp_size + 1;
  if (!sane) return fail(Cause::InvalidInput, "is damaged: its size is not plausible");
  const Entry entry(zip_fopen_index(archive, index, 0));
  if (!entry) return fail(Cause::InvalidInput, "{}", zip_strerror(archive));
  std::vector<std::byte> bytes(status.size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const auto count = zip_fread(entry.get(), bytes.data() + done, bytes.size() - done);
    if (count <= 0)
      return fail(Cause::InvalidInput, "is damaged: {}",
                  count < 0 ? zip_file_strerror(entry.get()) : "it ends too early");
    done += static_cast<std::size_t>(count);
  }
  std::byte beyond{};
  if (zip_fread(entry.get(), &beyond, 1) != 0)
    return fail(Cause::InvalidInput, "is damaged: {}", zip_file_strerror(entry.get()));
  return bytes;
}

}  // namespace

Result<std::map<std::string, NpyArray>> open_npz(const std::filesystem::path& path) {
  std::error_code unknown;
  if (!std::filesystem::exists(path, unknown)) {
    return fail(Cause::InvalidInput, "{}: No such file or directory", path.string());
  }
  const auto archive = open_archive(path);
  if (!archive) return failed(archive, path.string());
  std::map<std::string, NpyArray> arrays;
  const auto count = zip_get_num_entries(archive->get(), 0);
  for (std::uint64_t i = 0; i < static_cast<std::uint64_t>(count); ++i) {
    zip_stat_t status;
    zip_stat_init(&status);
    if (zip_stat_index(archive->get(), i, 0, &status) != 0 || status.name == nullptr) {
      return fail(Cause::InvalidInput, "{}: {}", path.string(), zip_strerror(archive->get()));
    }
    std::string name = status.name;
    const std::string shown = fmt::format("{}[{}]", path.string(), printable(name));
    if (name.ends_with(".npy")) name.resize(name.size() - 4);
    auto bytes = entry_bytes(archive->get(), i, status);
    if (!bytes) return failed(bytes, shown);
    auto array = open_npy(bytes_in_memory(std::move(*bytes)), shown);
    if (!array) return failed(array);
    arrays.insert_or_assign(name, std::move(*array));
  }
  return arrays;
}

}  // namespace quantrail
