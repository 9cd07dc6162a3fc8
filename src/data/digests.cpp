#include "data/digests.h"

#include "base/parallel.h"

namespace quantrail {

Result<std::vector<Digest>> file_digests(std::span<const std::filesystem::path> files, const OpenOptions& options) {
  std::vector<Result<Digest>> found(files.size());
  parallel_for(files.size(), options.threads, {},
               [&](std::size_t i, std::size_t) { found[i] = options.hash_file(files[i]); });
  std::vector<Digest> digests;
  for (const auto& digest : found) {
    if (!digest) return failed(digest);
    digests.push_back(*digest);
  }
  return digests;
}

}  // namespace quantrail
