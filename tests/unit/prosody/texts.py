"""Texts in the public domain that tests of lyrics share, and the rhymes that readers hear."""

from __future__ import annotations

STAR = """Twinkle, twinkle, little star,
How I wonder what you are!
Up above the world so high,
Like a diamond in the sky."""  # Jane Taylor, 1806

BEARD = """There was an Old Man with a beard,
Who said, "It is just as I feared!—
Two Owls and a Hen,
Four Larks and a Wren,
Have all built their nests in my beard!\""""  # Edward Lear, 1846

CARRIAGE = """Because I could not stop for Death –
He kindly stopped for me –
The Carriage held but just Ourselves –
And Immortality."""  # Emily Dickinson, 1863

TYGER = """Tyger Tyger, burning bright,
In the forests of the night;
What immortal hand or eye,
Could frame thy fearful symmetry?"""  # William Blake, 1794

ROSE = """O my Luve's like a red, red rose,
That's newly sprung in June;
O my Luve's like the melodie
That's sweetly play'd in tune."""  # Robert Burns, 1794

MOON = "床前明月光，疑是地上霜。\n举头望明月，低头思故乡。"  # Li Bai, 726
SPRING = "春眠不觉晓，处处闻啼鸟。\n夜来风雨声，花落知多少。"  # Meng Haoran
TOWER = "白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。"  # Wang Zhihuan

SONG = f"""[Verse 1]
{ROSE}

[Chorus]
Merrily, merrily, merrily, merrily,
Life is but a dream. (x2)

[Verse 2]
As fair art thou, my bonnie lass,
So deep in luve am I;
And I will luve thee still, my dear,
Till a' the seas gang dry.

[Chorus]
"""

SCHEMES = {
    STAR: "AABB",
    BEARD: "AABBA",
    CARRIAGE: "ABCB",
    ROSE: "ABCB",
    MOON: "AABA",
    SPRING: "AABA",
    TOWER: "ABCB",
}
