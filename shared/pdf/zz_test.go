package pdf
import ("bytes";"testing";"os";"math/rand";"fmt";"path/filepath")
func TestMut(t *testing.T){
 out:=os.Getenv("MUT"); if out=="" {t.Skip()}
 var src [][]byte
 for n,v:=range samples { if v.verdict!="ok" && v.verdict!="pdf_encrypted" { b,_:=os.ReadFile("testdata/"+n); src=append(src,b)} }
 h,c:=pack(packed{30,"[1 2]"},packed{31,action})
 h2,c2:=pack(packed{1,"<< /Type /Catalog /Pages 2 0 R /OpenAction 31 0 R >>"},packed{31,action})
 cat:="<< /Type /Catalog /Pages 2 0 R /OpenAction 5 0 R >>"
 for i:=0;i<6;i++ {
 src=append(src, onePage().object(1,cat).object(5,action).finish(), onePage().object(1,cat).stream(9,fmt.Sprintf("/Type/ObjStm/N 2/First %d",len(h)),h+c).finish(), onePage().stream(9,fmt.Sprintf("/Type/ObjStm/N 2/First %d",len(h2)),h2+c2).finish(),
  update(onePage().finish(),"5 0 obj "+action+" endobj 1 0 obj "+cat+" endobj"))}
 toks:=[]string{"<<",">>","[","]","(",")","%","\n","\r"," ","/","endobj","obj","stream\n","endstream","5 0 R","null","0","9","/S","<",">","\\","#","trailer","startxref","xref","1 0 obj","/Length 3","/Filter","R","\x00","{","}"}
 r:=rand.New(rand.NewSource(3)); kept:=0; acc:=0
 for i:=0;i<900000;i++ {
  b:=append([]byte(nil),src[r.Intn(len(src))]...)
  for k:=1+r.Intn(4);k>0;k-- {
   at:=r.Intn(len(b)); 
   switch r.Intn(5) {
   case 0: tk:=toks[r.Intn(len(toks))]; b=append(b[:at:at],append([]byte(tk),b[at:]...)...)
   case 1: e:=at+r.Intn(12); if e>len(b){e=len(b)}; b=append(b[:at:at],b[e:]...)
   case 2: b[at]=byte(r.Intn(256))
   case 3: tk:=toks[r.Intn(len(toks))]; copy(b[at:],tk)
   case 4: e:=at+r.Intn(200); if e>len(b){e=len(b)}; to:=r.Intn(len(b)); b=append(b[:to:to],append(append([]byte(nil),b[at:e]...),b[to:]...)...)
   }
   if len(b)==0 {b=[]byte("x")}
  }
  if !bytes.Contains(b,[]byte("JavaScript"))&&!bytes.Contains(b,[]byte("Launch"))&&!bytes.Contains(b,[]byte("EF")) {continue}
  if _,err:=Check(b); err==nil { acc++; if kept<9000 {kept++; os.WriteFile(filepath.Join(out,fmt.Sprintf("%06d.pdf",i)),b,0644)} }
 }
 t.Log(acc,kept)
}
