#include <algorithm>
#include <array>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/folders.h"
#include "base/text.h"
#include "data/image_files.h"

namespace quantrail {
namespace {

constexpr std::array<std::string_view, 4> kRead{".jpg", ".jpeg", ".jfif", ".png"};
constexpr std::array<std::string_view, 8> kOtherImages{".avif", ".bmp", ".gif",  ".heic",
                                                       ".ppm",  ".tif", ".tiff", ".webp"};

bool has_extension(const std::filesystem::path& path, std::span<const std::string_view> known) {
  std::string extension = path.extension().string();
  std::transform(extension.begin(), extension.end(), extension.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return std::find(known.begin(), known.end(), extension) != known.end();
}

bool is_hidden(const std::filesystem::path& path) { return path.filename().string().starts_with('.'); }

/// What lies in `folder`, hidden entries left out.
Result<std::vector<std::filesystem::directory_entry>> entries_of(const std::filesystem::path& folder) {
  auto entries = listed(folder);
  if (entries) std::erase_if(*entries, [](const auto& entry) { return is_hidden(entry.path()); });
  return entries;
}

/// Adds the images in `folder` and, with `deep`, in its subfolders. Links to folders may lead in circles: not followed.
Status add_images(const std::filesystem::path& folder, std::optional<std::int64_t> label, bool deep,
                  std::vector<ImageFile>& files) {
  const auto entries = entries_of(folder);
  if (!entries) return failed(entries);
  for (const auto& entry : *entries) {
    std::error_code ignored;
    if (entry.is_directory(ignored)) {
      if (!deep || entry.is_symlink(ignored)) continue;
      if (const auto added = add_images(entry.path(), label, deep, files); !added) return failed(added);
    } else if (has_extension(entry.path(), kRead)) {
      files.push_back({entry.path(), label, {}});
    } else if (has_extension(entry.path(), kOtherImages)) {
      return fail(Cause::InvalidInput, "{}: images of this kind are not read, convert them to PNG or JPEG",
                  printable(entry.path().string()));
    }
  }
  return {};
}

}  // namespace

Result<ImageSourcePtr> open_image_folder(const DataSpec& spec, bool labels_required) {
  std::error_code unknown;
  if (std::filesystem::is_regular_file(spec.path, unknown)) {
    return fail(Cause::InvalidInput, "{}: is a file, image_folder needs a folder (a list of images is an image_list)",
                spec.path.string());
  }
  const auto entries = entries_of(spec.path);
  if (!entries) return failed(entries);
  std::vector<ImageFile> files;
  std::int64_t classes = 0;
  for (const auto& entry : *entries) {
    std::error_code ignored;
    if (!entry.is_directory(ignored)) continue;
    if (const auto added = add_images(entry.path(), classes++, true, files); !added) return failed(added);
  }
  if (classes == 0 && labels_required) {
    return fail(Cause::InvalidInput, "{}: there are no subfolders; one per class is needed", spec.path.string());
  }
  if (classes == 0) {
    if (const auto added = add_images(spec.path, std::nullopt, false, files); !added) return failed(added);
  }
  if (files.empty()) {
    return fail(Cause::InvalidInput, "{}: there are no images ({})", spec.path.string(), fmt::join(kRead, ", "));
  }
  return make_image_files(std::move(files));
}

}  // namespace quantrail
