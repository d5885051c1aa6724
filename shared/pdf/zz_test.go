package pdf
import ("bytes";"testing";"os";"math/rand";"fmt";"path/filepath";"strconv")
func TestMut(t *testing.T){
 out:=os.Getenv("MUT"); if out=="" {t.Skip()}
 seed,_:=strconv.Atoi(os.Getenv("SEED"))
 var src [][]byte
 cat:="<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R /Names << /JavaScript << /Names [(a) 5 0 R] >> >> >>"
 h2,c2:=pack(packed{1,cat},packed{5,action})
 src=append(src, onePage().object(1,cat).object(5,action).finish(), 
  onePage().object(1,cat).object(5,"<< /S 6 0 R /JS (app.alert(1)) >>").object(6,"/JavaScript").finish(), 
  onePage().stream(9,fmt.Sprintf("/Type/ObjStm/N 2/First %d",len(h2)),h2+c2).finish(),
  onePage().stream(9,fmt.Sprintf("/Type/ObjStm/N 2/First %d /Filter /AHx",len(h2)),hexed(h2+c2)).finish(),
  update(onePage().finish(),"5 0 obj "+action+" endobj 1 0 obj "+cat+" endobj"))
 // a properly indexed object stream
 { d:=&document{offsets: map[int]int{}}; d.raw("%PDF-1.5\n")
   h,c:=pack(packed{1,cat},packed{2,"<< /Type /Pages /Kids [3 0 R] /Count 1 >>"},packed{3,"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >>"},packed{5,action})
   d.stream(8,fmt.Sprintf("/Type /ObjStm /N 4 /First %d",len(h)),h+c); start:=d.Len()
   rows:=fmt.Sprintf("\x00\x00\x00\xff\x02\x00\x08\x00\x02\x00\x08\x01\x02\x00\x08\x02\x00\x00\x00\xff\x02\x00\x08\x03\x00\x00\x00\x00\x00\x00\x00\x00\x01%c%c\x00\x01%c%c\x00",0,d.offsets[8],start>>8,start&0xff)
   d.stream(9,"/Type /XRef /W [1 2 1] /Size 10 /Root 1 0 R",rows); fmt.Fprintf(d,"startxref\n%d\n%%%%EOF\n",start); src=append(src,d.Bytes(),d.Bytes(),d.Bytes()) }
 toks:=[]string{"<<",">>","[","]","(",")","%","\n","\r"," ","/","endobj","obj","stream\n","stream","endstream","5 0 R","null","0","9","/S","<",">","\\","#","trailer","startxref","xref","1 0 obj","5 0 obj","/Length 3","/Filter","R","\x00","{","}","\x80","\xff","\v","\xa0","0.","-","+","/","//","#00","#2f","true","/Type /ObjStm","/First 0","/N 0","/Pages 2 0 R","endobj\n5 0 obj","/Extends"}
 r:=rand.New(rand.NewSource(int64(seed))); kept:=0; acc:=0
 for i:=0;i<1500000 && kept<20000;i++ {
  b:=append([]byte(nil),src[r.Intn(len(src))]...)
  for k:=1+r.Intn(5);k>0;k-- {
   at:=r.Intn(len(b)); if j:=bytes.Index(b,[]byte("JavaScript /JS")); j>=0 && r.Intn(3)==0 { at=j-30+r.Intn(60); if at<0||at>=len(b){at=j} }
   switch r.Intn(5) {
   case 0: tk:=toks[r.Intn(len(toks))]; b=append(b[:at:at],append([]byte(tk),b[at:]...)...)
   case 1: e:=at+r.Intn(6); if e>len(b){e=len(b)}; b=append(b[:at:at],b[e:]...)
   case 2: b[at]=byte(r.Intn(256))
   case 3: tk:=toks[r.Intn(len(toks))]; copy(b[at:],tk)
   case 4: e:=at+r.Intn(200); if e>len(b){e=len(b)}; to:=r.Intn(len(b)); b=append(b[:to:to],append(append([]byte(nil),b[at:e]...),b[to:]...)...)
   }
   if len(b)==0 {b=[]byte("x")}
  }
  if _,err:=Check(b); err==nil { acc++; if kept<20000 {kept++; os.WriteFile(filepath.Join(out,fmt.Sprintf("%06d.pdf",i)),b,0644)} }
 }
 t.Log(acc,kept)
}
