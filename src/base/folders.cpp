#include "base/folders.h"

#include <algorithm>

#include "base/text.h"

namespace quantrail {

namespace fs = std::filesystem;

namespace {

std::vector<fs::directory_entry> contents_of(const fs::path& folder, std::error_code& error) {
  std::vector<fs::directory_entry> found;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) found.push_back(*at);
  std::sort(found.begin(), found.end());
  return found;
}

}  // namespace

Result<std::vector<fs::directory_entry>> listed(const fs::path& folder) {
  std::error_code error;
  auto found = contents_of(folder, error);
  if (error) return fail(Cause::InvalidInput, "{}: {}", printable(folder.string()), error.message());
  return found;
}

Result<std::vector<fs::path>> entries(const fs::path& folder) {
  std::error_code error;
  const auto found = contents_of(folder, error);
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(Cause::Storage, "{}: {}", folder.string(), error.message());
  return std::vector<fs::path>(found.begin(), found.end());
}

Result<std::vector<fs::path>> files_below(const fs::path& folder) {
  auto found = entries(folder);
  if (!found) return found;
  std::vector<fs::path> files;
  for (auto& path : *found) {
    std::error_code error;
    if (!fs::is_directory(fs::symlink_status(path, error))) {
      files.push_back(std::move(path));
      continue;
    }
    auto inner = files_below(path);
    if (!inner) return inner;
    files.insert(files.end(), inner->begin(), inner->end());
  }
  return files;
}

}  // namespace quantrail
