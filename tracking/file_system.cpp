#include "tracking/file_system.h"

#include <sys/vfs.h>

#include <array>
#include <utility>

namespace quantrail::tracking {
namespace {

// From statfs(2) and the kernel's magic.h.
constexpr std::array<std::pair<std::int64_t, std::string_view>, 10> kNetworks{{{0x6969, "NFS"},
                                                                               {0x517B, "SMB"},
                                                                               {0xFE534D42, "SMB"},
                                                                               {0xFF534D42, "CIFS"},
                                                                               {0x01021997, "9p"},
                                                                               {0x65735546, "FUSE"},
                                                                               {0x0BD00BD0, "Lustre"},
                                                                               {0x00C36400, "Ceph"},
                                                                               {0x5346414F, "AFS"},
                                                                               {0x47504653, "GPFS"}}};

}  // namespace

std::string_view network_name(std::int64_t magic) {
  // The numbers have 32 bits; where the type has more, they may have been extended by their sign.
  const auto number = static_cast<std::int64_t>(static_cast<std::uint32_t>(magic));
  for (const auto& [known, name] : kNetworks) {
    if (known == number) return name;
  }
  return {};
}

std::string_view network_of(const std::filesystem::path& path) {
  struct statfs about {};
  if (::statfs(path.c_str(), &about) != 0) return {};
  return network_name(static_cast<std::int64_t>(about.f_type));
}

}  // namespace quantrail::tracking
