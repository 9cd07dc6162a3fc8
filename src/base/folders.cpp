#include "base/folders.h"

#include <algorithm>

namespace quantrail {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> entries(const fs::path& folder) {
  std::vector<fs::path> paths;
  std::error_code error;
  for (fs::directory_iterator at(folder, error), end; !error && at != end; at.increment(error)) {
    paths.push_back(at->path());
  }
  if (error && error != std::errc::no_such_file_or_directory)
    return fail(Cause::Storage, "{}: {}", folder.string(), error.message());
  std::sort(paths.begin(), paths.end());
  return paths;
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
