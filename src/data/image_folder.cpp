#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <string>
#include <system_error>
#include <utility>

#include "base/folders.h"
#include "base/text.h"
#include "data/class_folders.h"
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
Status add_images(const std::filesystem::path& folder, bool deep, std::vector<ImageFile>& files) {
  const auto entries = entries_of(folder);
  if (!entries) return failed(entries);
  for (const auto& entry : *entries) {
    std::error_code ignored;
    if (entry.is_directory(ignored)) {
      if (!deep || entry.is_symlink(ignored)) continue;
      if (const auto added = add_images(entry.path(), deep, files); !added) return failed(added);
    } else if (has_extension(entry.path(), kRead)) {
      files.push_back({entry.path(), {}, {}});
    } else if (has_extension(entry.path(), kOtherImages)) {
      return fail(Cause::InvalidInput, "{}: images of this kind are not read, convert them to PNG or JPEG",
                  printable(entry.path().string()));
    }
  }
  return {};
}

struct FilledFolder {
  std::string name{};
  std::vector<ImageFile> files{};
};

/// The subfolders of `path`, sorted by name.
Result<std::vector<FilledFolder>> class_folders_of(const std::filesystem::path& path) {
  const auto entries = entries_of(path);
  if (!entries) return failed(entries);
  std::vector<FilledFolder> folders;
  for (const auto& entry : *entries) {
    std::error_code ignored;
    if (!entry.is_directory(ignored)) continue;
    FilledFolder& folder = folders.emplace_back(FilledFolder{entry.path().filename().string(), {}});
    if (const auto added = add_images(entry.path(), true, folder.files); !added) return failed(added);
  }
  return folders;
}

/// Adds what lies in `folders` with its labels, and answers what is to be said of them.
Result<std::vector<std::string>> labelled_files(const std::vector<FilledFolder>& folders, const DataSpec& spec,
                                                std::int64_t classes, std::vector<ImageFile>& files) {
  std::optional<ClassNames> names;
  if (!spec.classes.empty()) {
    auto read = read_class_names(spec.classes);
    if (!read) return failed(read);
    names = std::move(*read);
  }
  std::vector<ClassFolder> subfolders;
  for (const auto& folder : folders) subfolders.push_back({folder.name, !folder.files.empty()});
  auto known = folder_labels(subfolders, names, classes);
  if (!known) return failed(known, spec.path.string());
  for (std::size_t at = 0; at < folders.size(); ++at) {
    for (ImageFile file : folders[at].files) {
      file.label = known->labels[at];
      files.push_back(std::move(file));
    }
  }
  return std::move(known->notes);
}

}  // namespace

Result<ImageSourcePtr> open_image_folder(const DataSpec& spec, bool labels_required, std::int64_t classes) {
  std::error_code unknown;
  if (std::filesystem::is_regular_file(spec.path, unknown)) {
    return fail(Cause::InvalidInput, "{}: is a file, image_folder needs a folder (a list of images is an image_list)",
                spec.path.string());
  }
  const auto folders = class_folders_of(spec.path);
  if (!folders) return failed(folders);
  if (folders->empty() && labels_required) {
    return fail(Cause::InvalidInput, "{}: there are no subfolders; one per class is needed", spec.path.string());
  }
  std::vector<ImageFile> files;
  std::vector<std::string> notes;
  if (folders->empty()) {
    if (const auto added = add_images(spec.path, false, files); !added) return failed(added);
  } else {
    auto labelled = labelled_files(*folders, spec, classes, files);
    if (!labelled) return failed(labelled);
    if (labels_required) notes = std::move(*labelled);
  }
  if (files.empty()) {
    return fail(Cause::InvalidInput, "{}: there are no images ({})", spec.path.string(), fmt::join(kRead, ", "));
  }
  return make_image_files(std::move(files), std::move(notes));
}

}  // namespace quantrail
