"""What an embedded map weighs before its first tile: bytes as sent, and requests. From the built files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from viewer.assets import Assets
    from viewer.embedding import Widget

# What every browser takes, also over plain HTTP, where Brotli is not offered.
_ENCODING = "gzip"


@dataclass(frozen=True)
class Weight:
    """Bytes on the way, and how many requests bring them."""

    size: int
    requests: int

    @property
    def kilobytes(self) -> int:
        """Begun thousands of bytes."""
        return -(-self.size // 1000)


def weigh_frame(assets: Assets, page_bytes: int) -> Weight:
    """The page, which is so large when packed, and its script, sheet and fonts; maps add their tiles."""
    entry = assets.entries["embed"]
    names = (entry.module, *entry.preload, entry.sheet, *assets.fonts)
    sizes = [found[0].stat().st_size for name in names if (found := assets.find_file(name, _ENCODING))]
    return Weight(page_bytes + sum(sizes), 1 + len(sizes))


def weigh_component(frame: Weight, widget: Widget) -> Weight:
    """The frame and the script that puts it there."""
    return Weight(frame.size + len(widget.content), frame.requests + 1)
