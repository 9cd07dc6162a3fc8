#pragma once

namespace quantrail {

/// Lets oneDNN use AVX-512 with VNNI at most; to come before any other use of it. The int8 convolutions that oneDNN 2.6
/// has for AMX compute wrong sums, or write beyond their memory, for some sizes (kernel 2 by stride 3, 7 by 6). Our own
/// tiles are faster anyhow. runtime_info() does it too.
void limit_onednn();

}  // namespace quantrail
